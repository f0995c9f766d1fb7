"""How the places of a chain stand, by the two breakers of each."""

from datetime import timedelta

import pytest

from app.llm import place_statuses
from app.llm.chain import ModelChain
from app.llm.resilience.breaker_policy import BreakerState
from app.telemetry import BreakerStanding
from tests.llm.test_plan import chain
from tests.telemetry.entries import NOON

LATER, EARLIER = NOON + timedelta(minutes=5), NOON - timedelta(minutes=5)
CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


@pytest.fixture(scope="module")
def built() -> ModelChain:
    return chain()


def test_place_with_nothing_against_it_is_asked_as_usual(built: ModelChain) -> None:
    told = [(s.provider, s.state, s.kind, s.until) for s in place_statuses(built, {}, NOON)]
    assert told == [("gemini", CLOSED, "", None), ("groq", CLOSED, "", None)]


@pytest.mark.parametrize(
    ("model", "key", "state", "kind"),
    [
        (LATER, None, OPEN, "of-model"),
        (None, LATER, OPEN, "of-key"),
        (LATER, EARLIER, OPEN, "of-model"),
        (EARLIER, LATER, OPEN, "of-key"),
        (LATER, LATER, OPEN, "of-key"),
        (EARLIER, None, HALF_OPEN, "of-model"),
        (NOON, None, HALF_OPEN, "of-model"),
        (None, None, CLOSED, "of-key"),
    ],
)
def test_worse_of_the_two_breakers_counts(
    built: ModelChain, model: object, key: object, state: BreakerState, kind: str
) -> None:
    keys = built.places[0].breakers
    standings = {
        keys.model: BreakerStanding("of-model", failures=1, open_until=model),  # type: ignore[arg-type]
        keys.key: BreakerStanding("of-key", failures=1, open_until=key),  # type: ignore[arg-type]
    }
    gemini, groq = place_statuses(built, standings, NOON)
    assert (gemini.state, gemini.kind) == (state, kind)
    assert gemini.until == (None if state is CLOSED else {"of-model": model, "of-key": key}[kind])
    assert groq.state is CLOSED
