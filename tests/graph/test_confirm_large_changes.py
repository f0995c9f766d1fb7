"""The question before large changes, in agents that hosts make with `create_agent`."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from app import Settings, confirm_large_changes, task_tools
from app.runtime import close_container, shared_container
from tests.fakes.scripted_model import ScriptedModel, calling

THREAD: Any = {"configurable": {"thread_id": "t"}}
FOUR = ("1", "delete_tasks", {"task_ids": [1, 2, 3, 4]})
Host = Callable[..., Any]


@tool
def look_up(word: str) -> str:
    """Look a word up: a tool of the host's."""
    return f"{word} is a word"


@pytest.fixture
def settings(data_dir: Path, lay_stores: Callable[..., Path]) -> Iterator[Settings]:
    """Settings under which four tasks are many, and a user who has six."""
    lay_stores(data_dir)
    made = Settings(data_dir=data_dir, timezone="UTC", confirm_from=4)
    add = task_tools(made, "ann")[0]
    for title in ("a", "b", "c", "d", "e", "f"):
        add.invoke({"title": title})
    yield made
    close_container(shared_container(made))


@pytest.fixture
def host(settings: Settings) -> Host:
    """Make a host's agent whose model says what is given."""

    def make(*script: AIMessage, keeps: bool = True) -> Any:
        return create_agent(
            ScriptedModel(script=[*script, AIMessage("Done.")]),
            [*task_tools(settings, "ann"), look_up],
            middleware=[confirm_large_changes(settings, "ann")],
            checkpointer=InMemorySaver() if keeps else None,
        )

    return make


def left(settings: Settings) -> str:
    lines = str(task_tools(settings, "ann")[1].invoke({})).splitlines()
    return "".join(sorted(line.split()[1] for line in lines if line.startswith("#")))


def say(agent: Any, text: str = "go") -> Any:
    return agent.invoke({"messages": [("user", text)]}, THREAD)


def decide(agent: Any, *decisions: dict[str, Any]) -> Any:
    return agent.invoke(Command(resume={"decisions": list(decisions)}), THREAD)


def results(state: Any) -> list[str]:
    return [message.text for message in state["messages"] if isinstance(message, ToolMessage)]


def test_large_change_waits_and_is_done_when_approved(host: Host, settings: Settings) -> None:
    agent = host(calling(FOUR))
    (question,) = say(agent)["__interrupt__"]
    (request,) = question.value["action_requests"]
    assert (request["name"], request["args"]) == ("delete_tasks", {"task_ids": [1, 2, 3, 4]})
    assert request["description"] == "Delete #1 a, #2 b, #3 c, #4 d"
    assert left(settings) == "abcdef"
    assert decide(agent, {"type": "approve"})["messages"][-1].text == "Done."
    assert left(settings) == "ef"


def test_declined_change_is_told_to_the_model_with_the_reason(
    host: Host, settings: Settings
) -> None:
    agent = host(calling(FOUR, ("2", "look_up", {"word": "no"})))
    say(agent)
    state = decide(agent, {"type": "reject", "message": "I need them"})
    declined, looked_up = sorted(results(state))
    assert declined.startswith("Declined: I need them.")
    assert looked_up == "no is a word"
    assert left(settings) == "abcdef"


def test_edited_change_is_what_is_done(host: Host, settings: Settings) -> None:
    agent = host(calling(FOUR))
    say(agent)
    edited = {"name": "delete_tasks", "args": {"task_ids": [6]}}
    decide(agent, {"type": "edit", "edited_action": edited})
    assert left(settings) == "abcde"


def test_small_change_and_other_tools_ask_nothing(host: Host, settings: Settings) -> None:
    agent = host(calling(("1", "delete_tasks", {"task_ids": [1]}), ("2", "look_up", {"word": "x"})))
    assert say(agent)["messages"][-1].text == "Done."
    assert left(settings) == "bcdef"


def test_what_the_turn_changed_before_counts_but_not_an_earlier_turn(
    host: Host, settings: Settings
) -> None:
    agent = host(
        calling(("1", "delete_tasks", {"task_ids": [1, 2]})),
        calling(("1", "delete_tasks", {"task_ids": [3, 4]})),
    )
    (question,) = say(agent)["__interrupt__"]
    assert "#3 c, #4 d" in question.value["action_requests"][0]["description"]
    decide(agent, {"type": "reject"})
    assert left(settings) == "cdef"
    agent = host(
        calling(("1", "delete_tasks", {"task_ids": [3, 4]})),
        AIMessage("Next."),
        calling(("1", "delete_tasks", {"task_ids": [5, 6]})),
    )
    say(agent)
    assert "__interrupt__" not in say(agent)
    assert left(settings) == ""


def test_answer_is_about_what_was_asked_however_the_tasks_stand_by_then(
    host: Host, settings: Settings
) -> None:
    agent = host(calling(FOUR, ("2", "complete_tasks", {"task_ids": [5]})))
    assert len(say(agent)["__interrupt__"][0].value["action_requests"]) == 2
    complete = task_tools(settings, "ann")[3]
    complete.invoke({"task_ids": [5]})
    decide(agent, {"type": "approve"}, {"type": "reject"})
    assert left(settings) == "f"


def test_where_nobody_can_be_asked_it_is_declined(host: Host, settings: Settings) -> None:
    state = host(calling(FOUR), keeps=False).invoke({"messages": [("user", "go")]})
    (declined,) = results(state)
    assert "nobody could be asked" in declined
    assert left(settings) == "abcdef"


def test_answer_that_can_t_be_read_declines(host: Host, settings: Settings) -> None:
    agent = host(calling(FOUR))
    say(agent)
    agent.invoke(Command(resume="perhaps"), THREAD)
    assert left(settings) == "abcdef"


def test_agent_on_an_event_loop_asks_too(host: Host, settings: Settings) -> None:
    async def talk() -> Any:
        agent = host(calling(FOUR))
        asked = await agent.ainvoke({"messages": [("user", "go")]}, THREAD)
        assert asked["__interrupt__"]
        return await agent.ainvoke(Command(resume={"decisions": [{"type": "approve"}]}), THREAD)

    assert asyncio.run(talk())["messages"][-1].text == "Done."
    assert left(settings) == "ef"


def test_what_is_kept_for_the_question_is_no_output_of_the_agent(host: Host) -> None:
    agent = host(calling(FOUR))
    say(agent)
    assert set(decide(agent, {"type": "approve"})) == {"messages"}
