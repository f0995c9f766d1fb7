"""What a thread remembers is bounded; what was said is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy.exc import OperationalError

from app import build_graph
from app.conversations import Role, TranscriptMessage
from app.runtime import close_container, shared_container
from app.settings import Settings
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says

MakeRelay = Callable[..., Relay]


@pytest.fixture
def short(make_relay: MakeRelay, gemini: GeminiServer, groq: GroqServer) -> Relay:
    """The program with a window of two exchanges."""
    return make_relay(**provider_settings(gemini, groq), history_window=2)


def transcript(relay: Relay, user: str = "ann") -> list[TranscriptMessage]:
    return [entry.message for entry in relay.agent.container.transcript().all_of(user)]


def told(request: dict[str, Any]) -> list[str]:
    """Return what a request to Gemini says in the person's words."""
    contents = request["body"]["contents"]
    return [c["parts"][0].get("text", "") for c in contents if c["role"] == "user"]


def test_thread_is_cut_to_its_window_and_the_transcript_has_everything(
    short: Relay, gemini: GeminiServer
) -> None:
    for number in range(5):
        gemini.plays(calls("add_task", title=f"t{number}"), says(f"Added {number}."))
        assert short.say(f"add {number}").ok
    assert [text for text in told(gemini.requests[-1]) if text] == ["add 2", "add 3", "add 4"]
    said = transcript(short)
    assert [one.text for one in said if one.role is Role.PERSON] == [f"add {n}" for n in range(5)]
    assert [one.role for one in said[:4]] == [Role.PERSON, Role.MODEL, Role.TOOL, Role.MODEL]
    assert said[1].more is not None
    assert said[1].more["calls"] == [{"name": "add_task", "args": {"title": "t0"}}]
    assert (said[2].text, said[2].more) == ("Added #1 t0", {"name": "add_task"})
    assert len({one.message_id for one in said}) == 20


def test_failed_turns_are_in_the_transcript_too(
    make_relay: MakeRelay, gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    relay = make_relay(**provider_settings(gemini, groq), offline_fallback=False, clock=clock)
    gemini.plays(gemini_api.quota())
    groq.plays(groq_api.OVERLOADED)
    reply = relay.say("hello")
    assert not reply.ok
    assert [one.text for one in transcript(relay)] == ["hello", reply.reply]
    assert relay.say("   ").reply == "The message is empty. Say what to do."
    assert len(transcript(relay)) == 4


def test_answer_that_was_asked_for_again_is_kept_beside_the_first(
    relay: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(says("first"))
    relay.say("hello")
    gemini.plays(says("second"))

    async def again() -> list[Any]:
        return [event async for event in relay.agent.stream("ann", None)]

    assert relay.runner.run(again())[-1].reply == "second"
    gemini.plays(says("third"))
    relay.say("and now?")
    texts = [one.text for one in transcript(relay)]
    assert texts == ["hello", "first", "second", "and now?", "third"]


def test_turn_that_waits_is_kept_when_it_ends(relay: Relay, gemini: GeminiServer) -> None:
    for title in "abc":
        relay.say(f"add {title}")
    gemini.plays(calls("add_task", title="a"), says("Added."))
    for title in "abc":
        gemini.plays(calls("add_task", title=title), says("Added."))
        relay.say(f"add {title}")
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("Deleted."))
    assert relay.say("delete all").confirmation is not None
    assert relay.runner.run(relay.agent.confirm("ann", True)).reply == "Deleted."
    last = transcript(relay)[-4:]
    assert [one.text for one in last if one.role is not Role.TOOL] == ["delete all", "", "Deleted."]


def test_without_a_thread_nothing_is_kept_and_nothing_cut(
    short: Relay, gemini: GeminiServer
) -> None:
    graph = short.agent.graph()
    long = [("user" if n % 2 == 0 else "ai", f"m{n}") for n in range(9)]
    state = graph.invoke({"messages": long}, context={"user_id": "ann"})
    assert len(state["messages"]) == 10
    assert told(gemini.requests[-1]) == ["m4", "m6", "m8"], "sent is bounded all the same"
    assert short.agent.container.transcript().threads("ann") == ()


def test_graph_with_the_hosts_checkpointer_is_bounded_as_well(
    gemini: GeminiServer, groq: GroqServer, data_dir: Any
) -> None:
    given: Any = provider_settings(gemini, groq)
    settings = Settings(**given, data_dir=data_dir, timezone="UTC", history_window=1)
    graph = build_graph(settings, checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "host's own"}}
    try:
        for number in range(4):
            state = graph.invoke({"messages": [("user", f"m{number}")]}, config)
        assert [m.text for m in state["messages"]] == ["m3", "Hello! How can I help?"]
        (thread,) = shared_container(settings).transcript().threads("local")
        assert (thread.name, thread.messages) == ("host's own", 8)
    finally:
        close_container(shared_container(settings))


def test_host_that_sends_the_whole_conversation_each_time_is_understood_in_order(
    short: Relay, gemini: GeminiServer
) -> None:
    graph = short.agent.graph(short.agent.container.conversations())
    config: Any = {"configurable": {"thread_id": "t"}}
    whole: list[AnyMessage] = []
    for number in range(5):
        whole.append(HumanMessage(f"m{number}", id=f"m{number}"))
        state = graph.invoke({"messages": whole}, config, context={"user_id": "ann"})
        whole.append(state["messages"][-1])
        assert told(gemini.requests[-1]) == [f"m{n}" for n in range(max(0, number - 2), number + 1)]
    assert [m.text for m in state["messages"] if m.type == "human"] == ["m3", "m4"]
    assert [one.message_id for one in transcript(short)] == [m.id for m in whole]


def test_transcript_that_cannot_be_written_costs_no_answer_and_is_made_up_for(
    short: Relay, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    short.say("first")

    def full(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr("app.conversations.transcript.insert", full)
        assert short.say("second").ok
        assert short.say("third").ok
    assert short.say("fourth").ok
    persons = [one.text for one in transcript(short) if one.role is Role.PERSON]
    assert persons == ["first", "second", "third", "fourth"]
    assert any("a later turn will" in line for line in short.log_lines())


def test_text_that_no_store_takes_costs_no_turn(short: Relay, gemini: GeminiServer) -> None:
    gemini.plays(says("I heard."))
    config: Any = {"configurable": {"thread_id": "of a host without a checkpointer"}}
    said = {"messages": [("user", "caf\udce9 \0 at noon")]}
    state = short.agent.graph().invoke(said, config, context={"user_id": "ann"})
    assert state["messages"][-1].text == "I heard."
    assert [one.text for one in transcript(short)] == ["caf?  at noon", "I heard."]
