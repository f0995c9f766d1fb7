from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from app.events import ToolCall
from app.tasks import Owner
from tests.conftest import Relay, provider_settings
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, calls, says

DELETE_ALL = calls("delete_tasks", task_ids=[1, 2, 3])
MIXED = Answer(
    calls=(
        ("add_task", {"title": "new"}),
        ("complete_tasks", {"task_ids": [1, "#2"]}),
        ("delete_tasks", {"task_ids": [3]}),
    )
)


@pytest.fixture
def filled(relay: Relay) -> Relay:
    tasks, owner = (
        relay.agent.container.tasks(),
        Owner("ann", relay.agent.container.default_owner.zone),
    )
    for title in ("a", "b", "c", "d"):
        tasks.add(owner, title)
    return relay


def standing(relay: Relay, user: str = "ann") -> dict[str, str]:
    owner = Owner(user, relay.agent.container.default_owner.zone)
    tasks = relay.agent.container.tasks()
    found = [*tasks.find(owner, status="all").tasks, *tasks.find(owner, status="deleted").tasks]
    return {task.title: task.status.value for task in found}


UNTOUCHED = {"a": "open", "b": "open", "c": "open", "d": "open"}


def decide(relay: Relay, decision: Any, user: str = "ann") -> Any:
    return relay.runner.run(relay.agent.confirm(user, decision))


def test_three_tasks_are_not_touched_before_the_answer(filled: Relay, gemini: GeminiServer) -> None:
    gemini.plays(MIXED, says("Done."))
    reply = filled.say("tidy up")
    assert standing(filled) == UNTOUCHED
    assert reply.ok
    assert reply.reply.splitlines() == [
        "This needs your word before it happens:",
        "- Complete #1 a, #2 b",
        "- Delete #3 c",
    ]
    assert reply.confirmation == {
        "action_requests": [
            {
                "name": "complete_tasks",
                "args": {"task_ids": [1, "#2"]},
                "description": "Complete #1 a, #2 b",
            },
            {"name": "delete_tasks", "args": {"task_ids": [3]}, "description": "Delete #3 c"},
        ],
        "review_configs": [
            {"action_name": name, "allowed_decisions": ["approve", "edit", "reject"]}
            for name in ("complete_tasks", "delete_tasks")
        ],
    }
    reply = decide(filled, True)
    assert (reply.reply, reply.declined, reply.confirmation) == ("Done.", False, None)
    expected = {"a": "done", "b": "done", "c": "deleted", "d": "open", "new": "open"}
    assert standing(filled) == expected
    assert reply.tool_calls[0]["result"] == "Added #5 new"


def test_only_what_is_approved_runs_and_each_call_once(filled: Relay, gemini: GeminiServer) -> None:
    gemini.plays(MIXED, says("Done."))
    filled.say("tidy up")
    reply = decide(filled, [{"type": "approve"}, {"type": "reject", "message": "keep c"}])
    assert reply.declined
    expected = {"a": "done", "b": "done", "c": "open", "d": "open", "new": "open"}
    assert standing(filled) == expected
    assert "keep c" in reply.tool_calls[2]["result"]
    told = [part for turn in gemini.requests[-1]["body"]["contents"] for part in turn["parts"]]
    results = [part["functionResponse"]["name"] for part in told if "functionResponse" in part]
    assert results == ["add_task", "complete_tasks", "delete_tasks"]


def test_edited_call_runs_as_it_was_edited(filled: Relay, gemini: GeminiServer) -> None:
    gemini.plays(DELETE_ALL, says("Done."))
    filled.say("delete all")
    edited = {"name": "complete_tasks", "args": {"task_ids": [4]}}
    reply = decide(filled, [{"type": "edit", "edited_action": edited}])
    assert standing(filled) == UNTOUCHED | {"d": "done"}
    assert reply.tool_calls == (
        {"name": "complete_tasks", "args": {"task_ids": [4]}, "result": "Completed #4 d"},
    )


@pytest.mark.parametrize("decision", [False, "not today", [], [{"type": "nonsense"}], [{}] * 3])
def test_anything_but_an_approval_declines(
    filled: Relay, gemini: GeminiServer, decision: Any
) -> None:
    gemini.plays(DELETE_ALL, says("I left them."))
    filled.say("delete all")
    reply = decide(filled, decision)
    assert (reply.reply, reply.declined) == ("I left them.", True)
    assert standing(filled) == UNTOUCHED
    assert (decision if isinstance(decision, str) else "Declined") in reply.tool_calls[0]["result"]


def test_new_text_declines_and_the_thread_goes_on(
    filled: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(DELETE_ALL, says("As you like."))
    filled.say("delete all")
    reply = filled.say("no wait, hello")
    assert (reply.reply, reply.confirmation) == ("As you like.", None)
    assert standing(filled) == UNTOUCHED
    assert not decide(filled, True).ok
    assert standing(filled) == UNTOUCHED


def test_declined_calls_are_not_shown_again_as_new_ones(
    filled: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(DELETE_ALL, says("As you like."))
    filled.say("delete all")

    async def events() -> list[object]:
        return [event async for event in filled.agent.stream("ann", "no wait, hello")]

    told = filled.runner.run(events())
    assert [event for event in told if isinstance(event, ToolCall)] == []


def test_writes_of_the_whole_turn_count(filled: Relay, gemini: GeminiServer) -> None:
    gemini.plays(
        calls("delete_tasks", task_ids=[1]),
        calls("update_task", task_id=2, title="B"),
        calls("update_task", task_id=2, priority="high"),
        calls("delete_tasks", task_ids="3"),
        says("Done."),
    )
    reply = filled.say("go on")
    assert reply.confirmation is not None
    assert reply.reply.splitlines()[1:] == ["- Delete #3 c"]
    assert standing(filled) == {"a": "deleted", "B": "open", "c": "open", "d": "open"}
    assert decide(filled, True).reply == "Done."
    assert standing(filled)["c"] == "deleted"


def test_tasks_named_by_title_count_as_well_once_they_are_done(
    filled: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(*(calls("complete_tasks", task_ids=[one]) for one in "abc"), says("Done."))
    reply = filled.say("finish a, b and c, one by one")
    assert reply.reply.splitlines()[1:] == ["- Complete #3 c"]
    assert standing(filled) == UNTOUCHED | {"a": "done", "b": "done"}


@pytest.mark.parametrize(("decision", "left"), [(False, "open"), (True, "deleted")])
def test_answer_is_about_what_was_asked_though_tasks_changed_since(
    filled: Relay, gemini: GeminiServer, decision: bool, left: str
) -> None:
    gemini.plays(DELETE_ALL, says("Done."))
    filled.say("delete all")
    filled.agent.container.tasks().delete(
        Owner("ann", filled.agent.container.default_owner.zone), [1]
    )
    assert decide(filled, decision).declined is not decision
    assert standing(filled) == {"a": "deleted", "b": left, "c": left, "d": "open"}


def test_approval_stands_though_one_of_the_calls_has_nothing_left_to_do(
    filled: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(MIXED, says("Done."))
    filled.say("tidy up")
    filled.agent.container.tasks().delete(
        Owner("ann", filled.agent.container.default_owner.zone), [3]
    )
    decide(filled, [{"type": "approve"}, {"type": "reject"}])
    assert standing(filled) == UNTOUCHED | {"a": "done", "b": "done", "c": "deleted", "new": "open"}


@pytest.mark.parametrize(
    "action",
    [
        {"name": "no_such_tool", "args": {}},
        {"name": "delete_tasks", "args": {}},
        {"name": "delete_tasks", "args": {"task_ids": {"x": 1}}},
        {"name": "delete_tasks", "args": {"task_ids": [10**30, "lone \ud800 half"]}},
    ],
)
def test_edit_into_nonsense_is_told_to_the_model_and_the_thread_goes_on(
    filled: Relay, gemini: GeminiServer, action: dict[str, Any]
) -> None:
    gemini.plays(DELETE_ALL, says("That failed."), says("Hello."))
    filled.say("delete all")
    reply = decide(filled, [{"type": "edit", "edited_action": action}])
    assert (reply.ok, reply.reply) == (True, "That failed.")
    assert standing(filled) == UNTOUCHED
    assert filled.say("hello").reply == "Hello."


def test_edited_calls_count_for_what_they_changed(filled: Relay, gemini: GeminiServer) -> None:
    gemini.plays(DELETE_ALL, calls("delete_tasks", task_ids=[1, 2]), says("Done."))
    filled.say("delete all")
    edited = {"name": "complete_tasks", "args": {"task_ids": ["d"]}}
    reply = decide(filled, [{"type": "edit", "edited_action": edited}])
    assert reply.reply.splitlines()[1:] == ["- Delete #1 a, #2 b"]
    decide(filled, False)
    assert standing(filled) == UNTOUCHED | {"d": "done"}


def test_what_changes_nothing_or_adds_or_undoes_never_asks(
    filled: Relay, gemini: GeminiServer
) -> None:
    many = tuple(("add_task", {"title": f"t{n}"}) for n in range(5))
    gemini.plays(
        Answer(calls=many),
        Answer(
            calls=(
                ("delete_tasks", {"task_ids": [91, 92, 93, 94]}),
                ("reopen_tasks", {"task_ids": [1, 2, 3]}),
                ("delete_tasks", {"task_ids": "nonsense"}),
                ("undo", {"steps": 5}),
            )
        ),
        says("Done."),
    )
    reply = filled.say("many")
    assert (reply.reply, reply.confirmation) == ("Done.", None)
    assert standing(filled) == UNTOUCHED | {f"t{n}": "deleted" for n in range(5)}


@pytest.mark.parametrize(("confirm_from", "asked"), [(0, False), (4, False), (1, True)])
def test_setting_says_from_how_many_on(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    confirm_from: int,
    asked: bool,
) -> None:
    relay = make_relay(confirm_from=confirm_from, **provider_settings(gemini, groq))
    tasks, owner = (
        relay.agent.container.tasks(),
        Owner("ann", relay.agent.container.default_owner.zone),
    )
    for title in "abc":
        tasks.add(owner, title)
    gemini.plays(DELETE_ALL, says("Done."))
    assert (relay.say("delete all").confirmation is not None) == asked


def test_offline_commands_ask_too(make_relay: Callable[..., Relay]) -> None:
    relay = make_relay()
    relay.say("add a\nadd b\nadd c")
    assert relay.say("delete 1 2 3").confirmation is not None
    assert decide(relay, True).reply.splitlines()[0] == "Deleted #1 a"


def test_another_process_can_answer(filled: Relay, gemini: GeminiServer) -> None:
    gemini.plays(DELETE_ALL, says("Done."))
    filled.say("delete all")
    filled.restart()
    assert decide(filled, True).reply == "Done."
    assert standing(filled)["a"] == "deleted"


def test_answer_to_what_an_older_version_asked_changes_nothing(
    filled: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(DELETE_ALL, says("Shall I?"))
    filled.say("delete the first three")
    saver = filled.agent.container.conversations()
    (thread,) = filled.agent.container.transcript().threads("ann")
    newest = saver.get_tuple({"configurable": {"thread_id": thread.key}})
    assert newest is not None
    assert newest.parent_config is not None
    del newest.checkpoint["channel_values"]["asked"]  # as it was before this was kept
    saver.put(newest.parent_config, newest.checkpoint, newest.metadata, {})
    assert decide(filled, True).reply == "Shall I?"
    assert standing(filled) == UNTOUCHED


def test_other_users_thread_cannot_be_answered(filled: Relay, gemini: GeminiServer) -> None:
    gemini.plays(DELETE_ALL, says("Done."))
    filled.say("delete all")
    assert not decide(filled, True, user="bob").ok
    assert standing(filled) == UNTOUCHED


def test_without_a_checkpointer_it_is_declined_in_words(
    filled: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(DELETE_ALL, says("I could not ask."))
    graph = filled.agent.graph()
    state = graph.invoke({"messages": [("user", "delete all")]}, context={"user_id": "ann"})
    (result,) = [m for m in state["messages"] if isinstance(m, ToolMessage)]
    assert "no checkpointer" in result.text
    assert standing(filled) == UNTOUCHED


def test_sync_callers_and_foreign_resumes_on_a_shared_checkpointer(
    filled: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(DELETE_ALL, says("Done."))
    graph = filled.agent.graph(InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    graph.invoke({"messages": [("user", "delete all")]}, config, context={"user_id": "ann"})
    yes: Command[Any] = Command(resume={"decisions": [{"type": "approve"}]})
    with pytest.raises(Exception, match="belongs to another user"):
        graph.invoke(yes, config, context={"user_id": "bob"})
    assert standing(filled) == UNTOUCHED
    state = graph.invoke(yes, config, context={"user_id": "ann"})
    assert state["messages"][-1].text == "Done."
    assert standing(filled)["c"] == "deleted"


def test_run_that_was_taken_up_again_has_one_deadline_for_all_its_model_calls(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    clock = FixedClock()
    settings = provider_settings(gemini, groq)
    relay = make_relay(clock=clock, confirm_from=1, turn_timeout=40, **settings)
    relay.agent.container.tasks().add(Owner("local", relay.agent.container.default_owner.zone), "a")
    gemini.plays(calls("delete_tasks", task_ids=[1]), calls("list_tasks"), says("Done."))
    graph = relay.agent.graph(InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    graph.invoke({"messages": [("user", "delete all")]}, config)
    assert "deadline" not in graph.get_state(config).values  # the clock of another process
    begun = clock.monotonic()
    approved: Command[Any] = Command(resume={"decisions": [{"type": "approve"}]})
    steps: list[Any] = list(graph.stream(approved, config, stream_mode="updates"))
    deadlines = [step["call_model"]["deadline"] for step in steps if "call_model" in step]
    assert len(deadlines) == 2
    assert begun + 40 <= deadlines[0] == deadlines[1] <= clock.monotonic() + 40
