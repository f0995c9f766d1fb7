"""When a model is asked again that was down, and how often meanwhile: outages played in full."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest

from app.llm.failures import Verdict
from app.llm.resilience.breaker_policy import BreakerState, after_failure, breaker_state
from app.settings import FailureKind
from app.telemetry import BreakerStanding
from tests.fakes.clock import FixedClock
from tests.llm.scripted import ProviderSaidError, Scripted

EVERY = 4
"""Seconds between two messages."""

BACK_WITHIN = 30
START = FixedClock().now()


def calls_in(seconds: float, chance: Callable[[], float]) -> list[float]:
    """Return when a model is called that is down for so long, and when it answers, last."""
    standing, calls, after = BreakerStanding(), list[float](), 0.0
    while not calls or calls[-1] < seconds:
        now = START + timedelta(seconds=after)
        if breaker_state(standing, now) is not BreakerState.OPEN:
            calls.append(after)
            standing = failed(standing, now, chance())
        after += EVERY
    return calls


def failed(standing: BreakerStanding, now: datetime, jitter: float) -> BreakerStanding:
    return after_failure(standing, Verdict(FailureKind.UNAVAILABLE), None, now, jitter)


@pytest.mark.parametrize("outage", [60, 300, 600])
def test_model_answers_soon_after_its_return_however_long_it_was_away(outage: int) -> None:
    for seed in range(100):
        calls = calls_in(outage, Random(seed).random)
        assert calls[-1] - outage <= BACK_WITHIN
        assert sum(call < 60 for call in calls) <= 8
        assert len(calls) <= 4 + outage / 12


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_outage_of_a_minute_costs_eight_calls_at_most_with_quick_tries_too(
    retries: int, jitter: float
) -> None:
    clock = FixedClock()
    scripted = Scripted(
        ProviderSaidError(503, "overloaded"), clock=clock, retries=retries, chance=lambda: jitter
    )

    async def outage() -> float:
        for message in range(60 // EVERY):
            clock.instant = START + timedelta(seconds=message * EVERY)
            await scripted.ask("groq")
        assert len(scripted.played.asked) <= 8
        scripted.model.script[:] = ["Hi."]
        for message in range(60 // EVERY, 99):
            clock.instant = START + timedelta(seconds=message * EVERY)
            if (await scripted.ask("groq")).attempts.made[-1].outcome.answered:
                return message * EVERY - 60
        return 999

    assert asyncio.run(outage()) <= BACK_WITHIN
