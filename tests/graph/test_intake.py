"""What is too much is refused in a sentence, and nothing of it is kept."""

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command

from app import InputError
from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.steps import calls, says

MARK = "needle"
LONG = MARK + "x" * 32_000
THREAD: Any = {"configurable": {"thread_id": "t", "user_id": "ann"}}


def kept(relay: Relay) -> bool:
    """Say whether anything that was refused lies in a file of the data directory."""
    relay.agent.container.transcript()
    files = [file for file in relay.settings.data_dir.rglob("*") if file.is_file()]
    return any(MARK.encode() in file.read_bytes() for file in files)


@pytest.fixture
def graph(relay: Relay) -> Any:
    return relay.agent.graph(relay.agent.container.conversations())


MUCH: dict[str, tuple[Any, str]] = {
    "a long message": ([("user", LONG)], "32,006 characters"),
    "a long one among others": ([("user", "a"), ("user", LONG), ("user", "b")], "32,006"),
    "many": ([("user", MARK)] * 1001, "1,001 messages"),
    "an attachment": (
        [{"role": "user", "content": [{"type": "image", "data": MARK + "A" * 14_000_000}]}],
        "MAX_ATTACHMENT_BYTES",
    ),
    "what goes beside": ([{"role": "user", "content": "hi", "name": LONG}], "32,008"),
}


@pytest.mark.parametrize("what", MUCH)
@pytest.mark.parametrize("way", ["plain", "async"])
def test_too_much_is_refused_and_the_thread_goes_on(
    relay: Relay, graph: Any, gemini: GeminiServer, what: str, way: str
) -> None:
    messages, words = MUCH[what]
    graph.invoke({"messages": [("user", "hello")]}, THREAD)
    asked = len(gemini.requests)

    def run(given: Any) -> Any:
        if way == "plain":
            return graph.invoke(given, THREAD)
        return asyncio.run(graph.ainvoke(given, THREAD))

    state = run({"messages": messages})
    assert words in state["messages"][-1].text
    assert len(gemini.requests) == asked
    assert not kept(relay)
    again = run({"messages": [("user", "still there?")]})
    assert again["messages"][-1].text == "Hello! How can I help?"
    assert MARK not in str(gemini.requests[-1]["body"])


def test_process_message_says_so_as_well(relay: Relay, gemini: GeminiServer) -> None:
    reply = relay.say(LONG)
    assert not reply.ok
    assert reply.reply == (
        "The message has 32,006 characters, and at most 32,000 are taken (MAX_MESSAGE_CHARS). "
        "Nothing was kept."
    )
    assert gemini.requests == []
    assert not kept(relay)
    assert relay.say("x" * 32_000).ok


def test_edit_of_a_thread_that_is_too_much_is_refused(relay: Relay, graph: Any) -> None:
    graph.invoke({"messages": [("user", "hello")]}, THREAD)
    for messages in ([("user", LONG)], ("user", LONG)):
        with pytest.raises(InputError, match="32,006 characters"):
            graph.update_state(THREAD, {"messages": messages})
        with pytest.raises(InputError, match="32,006 characters"):
            asyncio.run(graph.aupdate_state(THREAD, {"messages": messages}))
    assert not kept(relay)


def test_answer_to_a_question_that_is_too_much_declines(
    relay: Relay, graph: Any, gemini: GeminiServer
) -> None:
    gemini.plays(*(calls("add_task", title=f"t{n}") for n in range(3)), says("Added."))
    graph.invoke({"messages": [("user", "add three")]}, THREAD)
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("Not done."))
    assert graph.invoke({"messages": [("user", "delete all")]}, THREAD)["__interrupt__"]
    state = graph.invoke(
        Command(resume={"decisions": [{"type": "reject", "message": LONG}]}), THREAD
    )
    assert state["messages"][-1].text == "Not done."
    assert not kept(relay)


def test_host_s_long_conversation_is_no_mistake_of_the_person(
    relay: Relay, gemini: GeminiServer
) -> None:
    def tells(state: MessagesState) -> Any:
        return {"messages": [AIMessage("x" * 50_000, name="other")]}

    made: Any = StateGraph(MessagesState).add_node("other", tells)
    made.add_node("relay", relay.agent.graph()).add_edge(START, "other")
    host = made.add_edge("other", "relay").compile()
    many: list[Any] = [("user", "a"), ("ai", "b")] * 600
    answered = host.invoke({"messages": [*many, ("user", "hi")]}, THREAD)
    assert answered["messages"][-1].text == "Hello! How can I help?"
