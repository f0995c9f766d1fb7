"""Say how the places of a chain stand: asked as usual, skipped, or tried once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..telemetry import BreakerStanding
from .chain import ModelChain
from .providers import Place
from .resilience import BreakerState, breaker_state


@dataclass(frozen=True, slots=True)
class PlaceStatus:
    """One place in the chain, and the state of its breaker.

    `kind` is the failure that counted last; `until` when an open breaker lets a call through.
    """

    provider: str
    model: str
    state: BreakerState
    kind: str = ""
    until: datetime | None = None


def place_statuses(
    chain: ModelChain, standings: Mapping[str, BreakerStanding], now: datetime
) -> tuple[PlaceStatus, ...]:
    """Return how a chain's places stand, in order.

    Args:
        chain: The models.
        standings: What the breakers have against them, by key.
        now: The instant.
    """
    return tuple(_state(place, standings, now) for place in chain.places)


def _state(place: Place, standings: Mapping[str, BreakerStanding], now: datetime) -> PlaceStatus:
    """Return the worse of the two breakers: of the model, and of its key."""
    keys = (place.breakers.key, place.breakers.model)
    known = [standings[key] for key in keys if key in standings]
    for state in (BreakerState.OPEN, BreakerState.HALF_OPEN):
        for standing in known:
            if breaker_state(standing, now) is state:
                until = standing.open_until
                return PlaceStatus(place.name, place.model, state, standing.kind, until)
    kind = known[0].kind if known else ""
    return PlaceStatus(place.name, place.model, BreakerState.CLOSED, kind)
