"""Break, stall and end streams in every way, through the real clients."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app import build_graph
from app.runtime import close_container, shared_container
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Silence, Stream, says


def groq_event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    return groq_api.event("openai/gpt-oss-20b", delta, finish)


SAID = groq_event({"role": "assistant", "content": "All "}) + groq_event({"content": "said."})
FINISH = groq_event({}, "stop")
ERROR = b'event: error\ndata: {"error": {"message": "x", "type": "internal_server_error"}}\n\n'


@pytest.fixture
def groq_first(make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer) -> Relay:
    settings = provider_settings(gemini, groq)
    return make_relay(primary_llm="groq", first_token_timeout=1, stall_timeout=0.3, **settings)


@pytest.mark.parametrize(
    "stream",
    [Stream(SAID + FINISH), Stream(SAID + FINISH, cut=True), Stream(SAID + FINISH + b"data: [DON")],
)
def test_stream_with_its_finish_reason_is_complete_however_it_closes(
    groq_first: Relay, groq: GroqServer, stream: Stream
) -> None:
    groq.plays(stream)
    reply = groq_first.say("Hello")
    assert (reply.provider, reply.reply) == ("groq", "All said.")
    assert len(reply.attempts) == 1


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (Stream(SAID), "malformed_response"),
        (Stream(SAID, cut=True), "malformed_response"),
        (Stream(SAID + b"data: {broken\n\n" + FINISH), "malformed_response"),
        (Stream(SAID + ERROR), "server_error"),
        (Stream(SAID + FINISH + ERROR), "server_error"),
        (Stream(SAID + b"data: [DONE]\n\n"), "malformed_response"),
        (Stream(FINISH + b"data: [DONE]\n\n"), "malformed_response"),
        (Stream(SAID, hang=20), "timeout"),
        (Silence(), "timeout"),
    ],
)
def test_stream_that_breaks_stalls_or_ends_unfinished_fails_over(
    groq_first: Relay, gemini: GeminiServer, groq: GroqServer, stream: Any, kind: str
) -> None:
    groq.plays(stream)
    gemini.plays(says("Whole."))
    reply = groq_first.say("Hello")
    assert (reply.provider, reply.reply) == ("gemini", "Whole.")
    assert reply.attempts[0]["kind"] == kind


def test_stream_that_hangs_after_its_finish_reason_is_complete(
    groq_first: Relay, groq: GroqServer
) -> None:
    groq.plays(Stream(SAID + FINISH, hang=20))
    assert groq_first.say("Hello").reply == "All said."


def test_unreachable_host_is_given_up_when_the_connection_takes_too_long(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, full_port: str
) -> None:
    settings = provider_settings(gemini, groq) | {"gemini_base_url": full_port}
    reply = make_relay(connect_timeout=0.3, **settings).say("Hello")
    assert reply.provider == "groq"
    assert reply.attempts[0]["kind"] == "timeout"
    assert reply.attempts[0]["duration_ms"] < 5_000


@pytest.fixture
def full_port() -> Any:
    """A port of loopback that takes no further connection: its queue is full."""
    import socket

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(8):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    for one in (*fillers, listener):
        one.close()


def test_retry_in_place_stays_in_the_attempts(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    gemini.plays(gemini_api.OVERLOADED, gemini_api.quota(1), says("Third time."))
    relay = make_relay(retry_in_place=2, clock=clock, **provider_settings(gemini, groq))
    reply = relay.say("Hello")
    assert (reply.provider, reply.reply) == ("gemini", "Third time.")
    assert [(a["outcome"], a["kind"]) for a in reply.attempts] == [
        ("retried", "unavailable"),
        ("retried", "rate_limit"),
        ("answered", None),
    ]


def test_wait_longer_than_allowed_is_not_sat_out_in_the_middle_of_the_chain(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    gemini.plays(gemini_api.quota(3))
    relay = make_relay(retry_in_place=2, clock=clock, **provider_settings(gemini, groq))
    assert [a["provider"] for a in relay.say("Hello").attempts] == ["gemini", "groq"]


def test_at_the_chains_end_a_wait_that_fits_is_sat_out(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    gemini.plays(gemini_api.quota(50))
    groq.plays(groq_api.rate_limit(7), says("Back."))
    relay = make_relay(clock=clock, **provider_settings(gemini, groq))
    before = clock.now()
    reply = relay.say("Hello")
    assert (reply.ok, reply.provider, reply.reply) == (True, "groq", "Back.")
    assert (clock.now() - before).total_seconds() == pytest.approx(7, abs=0.1)
    assert (gemini.calls, groq.calls) == (1, 2)
    assert "Waiting 7 s for groq to come back" in relay.log_lines()


def test_wait_that_does_not_fit_into_the_turn_is_told_instead(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    gemini.plays(gemini_api.quota(500))
    groq.plays(groq_api.rate_limit(61))
    relay = make_relay(clock=clock, offline_fallback=False, **provider_settings(gemini, groq))
    assert relay.say("Hello").no_model
    assert groq.calls == 1


def test_plain_command_waits_for_no_model(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    gemini.plays(gemini_api.quota(20))
    groq.plays(groq_api.rate_limit(7))
    relay = make_relay(clock=clock, **provider_settings(gemini, groq))
    before = clock.now()
    assert relay.say("add buy milk").ok
    assert clock.now() == before


def test_failover_on_decides_what_goes_over(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    relay = make_relay(failover_on="rate_limit, quota_daily", **provider_settings(gemini, groq))
    reply = relay.say("Hello")
    assert not reply.ok
    assert groq.calls == 0


def test_failover_event_precedes_the_new_tokens_and_names_the_message_to_discard(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    half = b'data: {"candidates": [{"content": {"parts": [{"text": "half "}], "role": "model"}}]}'
    gemini.plays(Stream(half + b"\r\n\r\n", cut=True))
    groq.plays(says("whole"))
    settings = make_relay(**provider_settings(gemini, groq)).settings
    graph = build_graph(settings)
    events: list[Any] = list(
        graph.stream({"messages": [("user", "hi")]}, stream_mode=["custom", "messages"])
    )
    close_container(shared_container(settings))
    told = [
        (mode, data if mode == "custom" else data[0].text.strip())
        for mode, data in events
        if mode == "custom" or data[0].text
    ]
    (abandoned,) = [d[0].id for mode, d in events if mode == "messages" and "half" in d[0].text]
    event = {
        "type": "failover",
        "from": "gemini",
        "to": "groq",
        "kind": "malformed_response",
        "message_id": abandoned,
    }
    first = {"type": "asking", "provider": "gemini", "model": "gemini-3.5-flash-lite"}
    second = {"type": "asking", "provider": "groq", "model": "openai/gpt-oss-20b"}
    assert told == [
        ("custom", first),
        ("messages", "half"),
        ("custom", event),
        ("custom", second),
        ("messages", "whole"),
    ]
    assert json.dumps(event)
