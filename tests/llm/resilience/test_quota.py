"""Quotas: a request that can't fit goes to the next model before it earns a 429."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from blockbuster import BlockBuster
from sqlalchemy import Engine

from app.errors import DatabaseError
from app.llm import QuotaCounters
from app.settings import Window
from app.telemetry import QuotaChange, QuotaGauge, QuotaKey, QuotaSource, QuotaStore
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, says

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
Make = Callable[..., Relay]


@pytest.fixture
def make(make_relay: Make, gemini: GeminiServer, groq: GroqServer, clock: FixedClock) -> Make:
    """Make the program on a clock that is moved by hand; twice is two processes."""

    def made(**more: Any) -> Relay:
        return make_relay(**provider_settings(gemini, groq) | more, clock=clock)

    return made


def who(relay: Relay, message: str = "Hello") -> list[tuple[str, str, str | None]]:
    relay.agent.container.quotas.close()
    reply = relay.say(message)
    assert reply.ok
    return [(a["provider"], a["outcome"], a["kind"]) for a in reply.attempts]


GEMINI = [("gemini", "answered", None)]
SKIPPED = [("gemini", "skipped", "rate_limit"), ("groq", "answered", None)]


def test_next_model_takes_what_is_above_a_set_limit_until_the_minute_is_over(
    make: Make, gemini: GeminiServer, clock: FixedClock
) -> None:
    relay = make(gemini_limits="2 requests/minute")
    assert [who(relay) for _ in range(4)] == [GEMINI, GEMINI, SKIPPED, SKIPPED]
    assert gemini.calls == 2
    clock.move(seconds=61)
    assert who(relay) == GEMINI
    assert "(Gemini: rate limit reached" not in relay.say("x").notice


def test_processes_count_together(make: Make, gemini: GeminiServer, store_url: str) -> None:
    told = {"gemini_limits": "2 requests/minute", "database_url": store_url}
    first = make(**told)
    assert who(first) == GEMINI
    first.end()
    second = make(**told)
    assert who(second) == GEMINI
    second.end()
    assert who(make(**told)) == SKIPPED
    assert gemini.calls == 2


def test_limit_is_learned_from_the_429_and_known_to_the_next_process(
    make: Make, gemini: GeminiServer, clock: FixedClock
) -> None:
    relay = make()
    gemini.plays(gemini_api.quota(seconds=26, value=2), says("Hi."))
    relay.say("Hello")
    relay.end()
    clock.move(seconds=27)
    later = make()
    assert [who(later) for _ in range(3)] == [GEMINI, GEMINI, SKIPPED]
    assert gemini.calls == 3


def test_learned_limit_is_believed_for_two_days_and_that_of_a_changed_key_not_at_all(
    make: Make, gemini: GeminiServer, clock: FixedClock
) -> None:
    relay = make()
    gemini.plays(gemini_api.quota(seconds=26, value=1), says("Hi."))
    relay.say("Hello")
    clock.move(seconds=27)
    assert [who(relay), who(relay)] == [GEMINI, SKIPPED]
    gemini.key = "AIza-another-fake-key-for-tests-0002"
    assert who(make(gemini_api_key=gemini.key)) == GEMINI
    gemini.key = GeminiServer.key
    clock.move(days=2)
    assert [who(relay), who(relay)] == [GEMINI, GEMINI]


def test_day_of_gemini_ends_at_midnight_pacific(make: Make, clock: FixedClock) -> None:
    relay = make(gemini_limits="1 requests/day")
    assert who(relay) == GEMINI
    (skipped, _) = who(relay)
    assert skipped == ("gemini", "skipped", "quota_daily")
    clock.move(hours=4)  # 23:30 in California
    assert who(relay)[0] == skipped
    clock.move(minutes=31)
    assert who(relay) == GEMINI


def test_zone_of_a_day_is_not_read_on_the_event_loop(make: Make) -> None:
    relay = make(gemini_limits="9 requests/day")
    who(relay)
    ZoneInfo.clear_cache(only_keys=["America/Los_Angeles"])  # others are compared elsewhere
    blocking = BlockBuster()
    blocking.activate()
    try:
        reply = relay.say("Hello")
    finally:
        blocking.deactivate()
    assert reply.provider == "gemini"


def test_tokens_are_counted_as_the_provider_counts_them(make: Make) -> None:
    relay = make(gemini_limits="250000 tokens/minute")
    who(relay)
    (quota,) = relay.runner.run(relay.agent.container.quotas_left())
    assert (quota.quota, quota.left, quota.amount) == ("tokens/minute", 249_900, 250_000)


def test_request_larger_than_the_whole_limit_is_asked_all_the_same(
    make: Make, gemini: GeminiServer
) -> None:
    relay = make(gemini_limits="50 tokens/minute")
    assert who(relay) == GEMINI
    assert who(relay) == SKIPPED


def test_groqs_headers_say_what_is_left_and_when_it_is_back(
    make: Make, groq: GroqServer, clock: FixedClock
) -> None:
    headers = {
        "x-ratelimit-limit-requests": "1000",
        "x-ratelimit-remaining-requests": "999",
        "x-ratelimit-reset-requests": "1m26.4s",
        "x-ratelimit-limit-tokens": "8000",
        "x-ratelimit-remaining-tokens": "200",
        "x-ratelimit-reset-tokens": "58.5s",
    }
    groq.plays(Answer(text="Hi.", headers=headers))
    relay = make(primary_llm="groq")
    assert who(relay) == [("groq", "answered", None)]
    assert who(relay) == [("groq", "skipped", "rate_limit"), ("gemini", "answered", None)]
    clock.move(seconds=58)
    assert who(relay) == [("groq", "answered", None)]


def test_last_model_is_asked_whatever_we_count(make: Make, gemini: GeminiServer) -> None:
    relay = make(gemini_limits="1 requests/minute", groq_api_key=None)
    assert [who(relay), who(relay)] == [GEMINI, GEMINI]


def test_model_that_was_held_back_is_asked_after_all_before_nobody_answers(
    make: Make, gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make(gemini_limits="1 requests/day")
    who(relay)
    groq.plays(groq_api.OVERLOADED)
    assert who(relay) == [
        ("gemini", "skipped", "quota_daily"),
        ("groq", "failed", "unavailable"),
        ("gemini", "answered", None),
    ]


@pytest.mark.parametrize("heals", [True, False])
def test_model_that_was_held_back_is_asked_before_the_turn_waits_for_another(
    make: Make, gemini: GeminiServer, groq: GroqServer, clock: FixedClock, heals: bool
) -> None:
    relay = make(gemini_limits="1 requests/day")
    who(relay)
    groq.plays(groq_api.rate_limit(9), says("Hi."))
    gemini.plays(says("Hi.") if heals else gemini_api.OVERLOADED)
    before = clock.now()
    tried = who(relay)
    first = [("gemini", "skipped", "quota_daily"), ("groq", "failed", "rate_limit")]
    if heals:
        assert (tried, clock.now()) == ([*first, *GEMINI], before)
    else:
        again = [("gemini", "failed", "unavailable")] * 2
        assert tried == [*first, *again, ("groq", "answered", None)]
        assert (clock.now() - before).total_seconds() == pytest.approx(9, abs=2)


def test_setting_wins_over_what_was_learned(
    make: Make, gemini: GeminiServer, clock: FixedClock
) -> None:
    relay = make(gemini_limits="2 requests/minute")
    gemini.plays(gemini_api.quota(seconds=26, value=1), says("Hi."))
    relay.say("Hello")
    clock.move(seconds=27)
    assert [who(relay) for _ in range(3)] == [GEMINI, GEMINI, SKIPPED]


def test_what_is_counted_while_the_database_cannot_be_written_is_not_forgotten(
    engine: Engine, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Locked(QuotaStore):
        def change(self, changes: Sequence[tuple[QuotaKey, QuotaChange]]) -> None:
            raise DatabaseError("Another program holds it.")

    stores: list[QuotaStore] = [Locked(engine)]
    book, key = QuotaCounters(lambda: stores[0], clock), ("gemini * m 1", Window.REQUESTS_A_DAY)
    gauge = QuotaGauge(
        *("gemini", "m", Window.REQUESTS_A_DAY, 500, QuotaSource.LEARNED, NOON),
        *(1, NOON, NOON + timedelta(hours=5)),
    )
    for used in (1, 2):
        book.change(key, lambda before: (before or gauge).plus(1, NOON, NOON))
        book.close()
        assert book.gauge(key) == replace(gauge, used=used + 1)
    assert caplog.text.count("Quotas can't be stored") == 1
    stores[0] = QuotaStore(engine)
    asyncio.run(book.refresh())
    assert QuotaStore(engine).load() == {key: replace(gauge, used=3)}
