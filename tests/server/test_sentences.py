"""What a person reads at the real `langgraph dev` where a turn can't go on, and edits that can."""

import json
from typing import Any

import pytest

from tests.fakes.steps import says
from tests.server.signed_in import SAID, SECRET, SignedIn

pytestmark = pytest.mark.xdist_group("langgraph dev")


def new_thread(world: SignedIn, user: str) -> str:
    thread: str = json.loads(world.ask(user, "POST", "/threads", {})[1])["thread_id"]
    return thread


def run(world: SignedIn, user: str, thread: str, **more: Any) -> Any:
    """Run something in a thread; return the values that came of it."""
    body = {"assistant_id": "agent", **more}
    return json.loads(world.ask(user, "POST", f"/threads/{thread}/runs/wait", body)[1])


def statuses(world: SignedIn, user: str, thread: str) -> list[str]:
    """Return how the runs of a thread ended."""
    runs = json.loads(world.ask(user, "GET", f"/threads/{thread}/runs")[1])
    return [each["status"] for each in runs]


@pytest.mark.parametrize(
    ("user", "context", "sentence"),
    [
        ("ann", {"timezone": "Mars/Base"}, 'The time zone "Mars/Base" is unknown; send'),
        ("*", {"user_id": "x" * 300}, "A user id has at most 200 characters; this one 300."),
        ("*", {"user_id": "ann\nbob"}, "A user id must be printable text on one line."),
    ],
)
def test_wrong_context_is_told_in_an_answer_and_the_run_succeeds(
    world: SignedIn, user: str, context: dict[str, str], sentence: str
) -> None:
    asked, thread = len(world.gemini.requests), new_thread(world, user)
    state = run(world, user, thread, input={"messages": [SAID]}, context=context)
    assert state["messages"][-1]["content"].startswith(sentence)
    assert statuses(world, user, thread) == ["success"]
    assert len(world.gemini.requests) == asked
    right = {} if user == "ann" else {"context": {"user_id": "dora"}}
    state = run(world, user, thread, input={"messages": [SAID]}, **right)
    assert state["messages"][-1]["content"][0]["text"] == "Hello!"


def test_refusal_of_another_users_thread_says_why(world: SignedIn) -> None:
    for context, sentence in (
        ({"user_id": "bob"}, "This thread belongs to another user; use a thread of your own."),
        ({"user_id": "x" * 300}, "A user id has at most 200 characters; this one 300."),
    ):
        state = run(world, "*", world.ann.thread, input={"messages": [SAID]}, context=context)
        assert state["__error__"]["message"] == sentence
        assert SECRET not in str(state)


def test_stream_of_another_users_thread_has_nothing_of_it(world: SignedIn) -> None:
    body = {
        "assistant_id": "agent",
        "input": {"messages": [{"role": "remove", "id": "__remove_all__", "content": ""}]},
        "context": {"user_id": "bob"},
        "stream_mode": ["values", "updates", "debug"],
    }
    before = world.all_of_ann()[1]
    status, said = world.ask("*", "POST", f"/threads/{world.ann.thread}/runs/stream", body)
    assert (status, "belongs to another user" in said, SECRET in said) == (200, True, False)
    assert world.all_of_ann()[1] == before


@pytest.mark.parametrize("node", ["begin_turn", "call_model", "run_tools", "end_turn", "__start__"])
def test_edit_of_ones_own_thread_goes_on(world: SignedIn, node: str) -> None:
    thread = new_thread(world, "dora")
    run(world, "dora", thread, input={"messages": [SAID]})
    world.gemini.plays(says("As you wish."))
    edit = {"values": {"messages": [{**SAID, "content": "instead"}], "owner": "bob"}}
    path = f"/threads/{thread}/state"
    assert world.ask("dora", "POST", path, {**edit, "as_node": node})[0] == 200
    if node in ("begin_turn", "run_tools", "__start__"):
        state = run(world, "dora", thread, input=None)
        assert state["messages"][-1]["content"][0]["text"] == "As you wish."
    state = run(world, "dora", thread, input={"messages": [{**SAID, "content": "more"}]})
    assert state["messages"][-1]["content"][0]["text"] == "As you wish."
    assert "instead" in str(world.gemini.requests[-1]["body"])
    world.gemini.plays(says("Hello!"))
