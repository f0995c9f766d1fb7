import asyncio
import threading
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from app import build_graph
from app.conversations import open_turn_locks
from app.events import Event, ToolCall
from app.graph import Decision
from app.reply import Reply
from app.tasks import Owner
from tests.conftest import Relay, provider_settings
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says


def test_who_gives_up_while_a_lock_is_taken_leaves_it_free(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relay = make_relay(**provider_settings(gemini, groq), turn_timeout=1)
    locks = relay.agent.container.turn_locks()
    asked, may_go, take = threading.Event(), threading.Event(), locks.take

    def slowly(key: str) -> bool:
        asked.set()
        may_go.wait(10)
        return take(key)

    async def give_up() -> None:
        turn = asyncio.create_task(relay.agent.process_message("ann", "hello"))
        await asyncio.to_thread(asked.wait, 10)
        turn.cancel()
        await asyncio.sleep(0)
        may_go.set()
        with pytest.raises(asyncio.CancelledError):
            await turn

    with monkeypatch.context() as patched:
        patched.setattr(locks, "take", slowly)
        relay.runner.run(give_up())
    assert relay.say("hello").reply == "Hello! How can I help?"


def test_thread_of_a_host_does_not_take_the_place_of_ours(
    relay: Relay, gemini: GeminiServer
) -> None:
    relay.say("remember 42")
    config: Any = {"configurable": {"thread_id": "main"}}
    for user in ("ann", "bob"):
        hosted = build_graph(relay.settings, checkpointer=InMemorySaver())
        hosted.invoke({"messages": [("user", "hello")]}, config, context={"user_id": user})
    assert relay.say("and now?").ok
    told = [c["parts"][0]["text"] for c in gemini.requests[-1]["body"]["contents"]]
    assert told[0] == "remember 42"
    assert relay.say("hello", user="bob").ok


def test_thread_that_was_begun_on_a_server_is_gone_on_with_by_its_id(
    relay: Relay, gemini: GeminiServer
) -> None:
    begun = "0b5f6f0e-8a52-4a55-9d5c-1f4f7c0a9a11"
    served = relay.agent.graph(relay.agent.container.conversations())
    config: Any = {"configurable": {"thread_id": begun}}
    served.invoke({"messages": [("user", "from Studio")]}, config, context={"user_id": "ann"})
    assert relay.say("and now?", thread=begun).ok
    told = [c["parts"][0]["text"] for c in gemini.requests[-1]["body"]["contents"]]
    assert told[0] == "from Studio"
    assert relay.say("and I?", user="bob", thread=begun).ok
    assert len(gemini.requests[-1]["body"]["contents"]) == 1


def test_call_that_a_person_has_edited_is_told_as_it_was_edited(
    relay: Relay, gemini: GeminiServer
) -> None:
    for title in "abc":
        relay.agent.container.tasks().add(Owner("ann", ZoneInfo("UTC")), title)
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("Done."))

    async def happened(message: str | None, decision: Decision | None) -> list[Event]:
        return [event async for event in relay.agent.stream("ann", message, decision=decision)]

    asked = relay.runner.run(happened("delete all", None))
    assert ToolCall("delete_tasks", {"task_ids": [1, 2, 3]}) in asked
    edited = {"name": "complete_tasks", "args": {"task_ids": [2]}}
    done = relay.runner.run(happened(None, [{"type": "edit", "edited_action": edited}]))
    assert [event for event in done if isinstance(event, ToolCall)] == [
        ToolCall("complete_tasks", {"task_ids": [2]})
    ]
    reply = done[-1]
    assert isinstance(reply, Reply)
    assert reply.tool_calls[-1]["args"] == {"task_ids": [2]}


class Waiting(FixedClock):
    """A clock whose seconds pass by sleeping."""

    def __init__(self, tick: Callable[[float], None] = lambda passed: None) -> None:
        super().__init__()
        self.passed, self.tick = 0.0, tick

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.tick(self.passed)


def test_wait_for_a_turn_in_another_process_ends_in_the_turn_s_own_time(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    """Ten seconds of it are kept for the answer, which nobody would get otherwise."""
    clock = Waiting()
    relay = make_relay(**provider_settings(gemini, groq), clock=clock, turn_timeout=60)
    relay.say("hello")
    before = clock.passed
    other = open_turn_locks(relay.settings)
    assert other.take(relay.agent.container.thread_keys().key_of("ann", "main"))
    busy = relay.say("and now?")
    other.close()
    assert (busy.ok, busy.reply[:40]) == (False, "Another message in this thread is still ")
    assert 50 < clock.passed - before < 51
    assert gemini.calls == 1
    assert relay.say("and now?").ok


def test_message_behind_others_of_this_process_is_told_in_time(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(**provider_settings(gemini, groq), turn_timeout=1)
    locks = relay.agent.container.turn_locks()
    begun, may_go, take = threading.Event(), threading.Event(), locks.take

    def slowly(key: str) -> bool:
        begun.set()
        may_go.wait(10)
        return take(key)

    async def talk() -> Reply:
        first = asyncio.create_task(relay.agent.process_message("ann", "first"))
        await asyncio.to_thread(begun.wait, 10)
        second = await relay.agent.process_message("ann", "second")
        may_go.set()
        await first
        return second

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(locks, "take", slowly)
        told = relay.runner.run(talk())
    assert told.reply.startswith("Another message in this thread is still being answered.")


def test_answer_has_the_time_that_the_wait_has_left(relay: Relay, gemini: GeminiServer) -> None:
    ends = relay.agent.container.clock.monotonic()
    config: Any = {"configurable": {"__turn_ends": ends}}
    state = relay.agent.graph().invoke({"messages": [("user", "hi")]}, config)
    assert gemini.calls == 0
    assert "time" in state["messages"][-1].text
    config = {"configurable": {"__turn_ends": ends + 1e6}}
    assert relay.agent.graph().invoke({"messages": [("user", "hi")]}, config)
    assert gemini.calls == 1
