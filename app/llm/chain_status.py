"""Say how the models of a chain stand: asked as usual, spared, or out for want of a key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..telemetry import Standing
from .chain import ModelChain
from .providers.registry import Place
from .resilience.breaker import State, state_of


@dataclass(frozen=True, slots=True)
class ModelState:
    """One place in the chain, and the state of its breaker.

    `kind` is the failure that counted last; `until` when an open breaker lets a call through.
    """

    provider: str
    model: str
    state: State
    kind: str = ""
    until: datetime | None = None


def model_states(
    chain: ModelChain, standings: Mapping[str, Standing], now: datetime
) -> tuple[ModelState, ...]:
    """Return the states of a chain's models, in order.

    Args:
        chain: The models.
        standings: What the breakers have against them, by key.
        now: The instant.
    """
    return tuple(_state(place, standings, now) for place in chain.places)


def _state(place: Place, standings: Mapping[str, Standing], now: datetime) -> ModelState:
    """Return the worse of the two breakers: of the model, and of its key."""
    keys = (place.breakers.key, place.breakers.model)
    found = [standings[key] for key in keys if key in standings]
    for state in (State.OPEN, State.HALF_OPEN):
        for standing in found:
            if state_of(standing, now) is state:
                until = standing.open_until
                return ModelState(place.name, place.model, state, standing.kind, until)
    kind = found[0].kind if found else ""
    return ModelState(place.name, place.model, State.CLOSED, kind)
