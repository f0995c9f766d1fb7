"""What a person reads of an answer that was cut, and of a turn that was blocked after a change."""

import json
from collections.abc import Callable

import pytest

from app.events import Failover, Token
from app.reply import Reply
from tests.conftest import Relay, provider_settings
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Step, Stream, Wire, calls, says

LINE = "(This answer was cut off: it reached its limit of length. Ask for the rest.)"


def gemini_ends(text: str, reason: str) -> Step:
    parts = [{"text": text}] if text else []
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": reason, "index": 0}
    return Stream(f"data: {json.dumps({'candidates': [candidate]})}\r\n\r\n".encode())


def groq_ends(text: str, reason: str) -> Step:
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    frames = [
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
        for delta, finish in (({"role": "assistant", "content": text}, None), ({}, reason))
    ]
    raw = "".join(f"data: {json.dumps(frame)}\n\n" for frame in frames) + "data: [DONE]\n\n"
    return Wire((raw.encode(),), headers={"content-type": "text/event-stream"})


def blocked(reason: str) -> Step:
    return gemini_ends("", reason)


async def streamed(relay: Relay, message: str) -> tuple[str, Reply]:
    """Return the text of the tokens, as they are left after failovers, and the reply."""
    text, reply = "", None
    async for event in relay.agent.stream("ann", message):
        if isinstance(event, Token):
            text += event.text
        elif isinstance(event, Failover):
            text = ""
        elif isinstance(event, Reply):
            reply = event
    assert reply is not None
    return text, reply


def test_answer_that_ends_at_the_limit_says_so_in_reply_and_stream(
    relay: Relay, gemini: GeminiServer
) -> None:
    gemini.plays(gemini_ends("One, two and ", "MAX_TOKENS"))
    text, reply = relay.runner.run(streamed(relay, "Count to ten"))
    assert reply.reply == text == f"One, two and \n\n{LINE}"
    assert (reply.ok, reply.provider) == (True, "gemini")


def test_line_about_the_cut_is_never_told_to_a_model(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_ends("One, two", "MAX_TOKENS"), says("three"), Stream(b"", cut=True))
    groq.plays(groq_ends("four", "length"), says("five"))
    for message in ("Count", "Go on", "And on", "Further"):
        assert relay.say(message).ok
    for request in (*gemini.requests, *groq.requests):
        told = json.dumps(request["body"])
        assert "cut off" not in told
    assert "One, two" in json.dumps(gemini.requests[1]["body"])


def test_whole_answer_has_no_such_line(relay: Relay, gemini: GeminiServer) -> None:
    gemini.plays(says("All of it."))
    assert relay.say("Hello").reply == "All of it."


@pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT"])
def test_refusal_after_a_change_says_what_was_changed(
    relay: Relay, gemini: GeminiServer, groq: GroqServer, reason: str
) -> None:
    gemini.plays(calls("add_task", title="Buy milk"), blocked(reason))
    reply = relay.say("add milk")
    first, _, rest = reply.reply.partition("\n\n")
    assert not reply.ok
    assert "declined for safety reasons" in first
    assert rest.startswith("Before that this was done:\n")
    assert "Buy milk" in rest
    assert groq.calls == 0


def test_refusal_after_a_look_says_nothing_of_it(relay: Relay, gemini: GeminiServer) -> None:
    gemini.plays(calls("list_tasks"), blocked("SAFETY"))
    assert "Before that" not in relay.say("what is open?").reply


@pytest.mark.parametrize("reason", ["RECITATION", "LANGUAGE"])
def test_block_that_is_none_for_safety_is_answered_by_the_next_model(
    relay: Relay, gemini: GeminiServer, groq: GroqServer, reason: str
) -> None:
    gemini.plays(calls("add_task", title="Buy milk"), blocked(reason))
    groq.plays(says("Done."))
    reply = relay.say("add milk")
    assert (reply.reply, reply.provider) == ("Done.", "groq")
    assert [call["name"] for call in reply.tool_calls] == ["add_task"]
    assert "safety" not in reply.notice


def test_outage_after_a_change_says_what_was_changed_without_the_offline_responder_too(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    gemini.plays(calls("add_task", title="Buy milk"), Stream(b"", cut=True))
    groq.plays(Stream(b"", cut=True))
    relay = make_relay(offline_fallback=False, clock=clock, **provider_settings(gemini, groq))
    assert "Buy milk" in relay.say("add milk").reply


def test_outage_tells_the_changes_of_the_whole_turn(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    relay = make_relay(clock=clock, **provider_settings(gemini, groq))
    first, second = (calls("add_task", title=title) for title in ("Buy milk", "Buy bread"))
    gemini.plays(first, second, Stream(b"", cut=True))
    groq.plays(Stream(b"", cut=True))
    reply = relay.say("add milk and bread").reply
    assert "Buy milk" in reply
    assert "Buy bread" in reply
