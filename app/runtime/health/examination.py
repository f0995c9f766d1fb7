"""Examine everything that a turn needs, and say what is wrong with it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from ...clock import Clock
from ...errors import DatabaseError
from ...llm import Place, Probed, places, probe
from ...settings import Layer, Settings
from ...telemetry import BreakerStanding
from ..stores import Stores
from .chain_order import first_finding, over_findings
from .findings import Finding, Level
from .machine import machine_findings
from .models import ExaminedPlace
from .quotas import quota_findings
from .storage import AREA, database_file, storage_findings


@dataclass(frozen=True, slots=True)
class Report:
    """What was found: each place of the chain, and every finding in the order to show."""

    places: tuple[ExaminedPlace, ...]
    findings: tuple[Finding, ...]

    @property
    def can_answer(self) -> bool:
        """Say whether any model can answer now."""
        return any(examined.answers for examined in self.places)

    def record(self) -> dict[str, Any]:
        """Return it as JSON."""
        first = next((examined.place.name for examined in self.places if examined.answers), None)
        return {
            "can_answer": self.can_answer,
            "answers_first": first,
            "models": [examined.record() for examined in self.places],
            "findings": [
                {"area": one.area, "level": one.level.value, "text": one.text}
                for one in self.findings
            ],
        }


async def examine(
    settings: Settings, layers: Sequence[Layer], clock: Clock, *, offline: bool
) -> Report:
    """Look at the models, the files and the machine.

    A model that answers gets its breakers closed.

    Args:
        settings: What to run with.
        layers: Where the settings come from.
        clock: Where the time comes from.
        offline: Whether to make no calls.
    """
    kept = storage_findings(settings)
    stores = Stores(settings, clock)
    try:
        standings, trouble = _standings(stores, settings)
        chain = places(settings)
        asked = [one for one in chain if one.usable and one.installed and not offline]
        probed = {one.place.name: one for one in await probe(asked, settings, clock)}
        _close(stores, probed.values(), standings)
        left = _left(stores, settings, [name for name, one in probed.items() if one.limits])
    finally:
        stores.close()
    now = clock.now().astimezone(ZoneInfo(settings.timezone))
    stand = tuple(
        ExaminedPlace(place, now, probed.get(place.name), _graver(place, standings))
        for place in chain
    )
    findings = [
        *(examined.finding() for examined in stand),
        *first_finding(stand, settings, layers),
        *over_findings(stand, settings, layers),
        *left,
        *kept,
        *trouble,
        *machine_findings(stand, settings, layers, now),
    ]
    return Report(stand, tuple(findings))


def close_breakers(settings: Settings, clock: Clock) -> int:
    """Close every breaker; return how many there were.

    Raises:
        DatabaseError: The database failed.
    """
    stores = Stores(settings, clock)
    try:
        return stores.breaker_store().clear()
    finally:
        stores.close()


def _standings(
    stores: Stores, settings: Settings
) -> tuple[dict[str, BreakerStanding], list[Finding]]:
    """Return how the breakers stand; no database is made for that."""
    file = database_file(settings)
    if file is not None and not file.exists():
        return {}, []
    try:
        return stores.breaker_store().load(), []
    except DatabaseError as error:
        return {}, [Finding(AREA, Level.PROBLEM, f"Breaker states: {error}")]


def _left(stores: Stores, settings: Settings, fresh: Collection[str]) -> list[Finding]:
    """Return what is left of the quotas; no database is made for that."""
    file = database_file(settings)
    if file is not None and not file.exists():
        return []
    return quota_findings(stores, ZoneInfo(settings.timezone), fresh)


def _close(stores: Stores, probed: Iterable[Probed], standings: dict[str, BreakerStanding]) -> None:
    """Close the breakers of the models that answered."""
    for one in probed:
        keys = one.place.breakers
        for key in (keys.key, keys.model):
            if one.answered and key in standings:
                stores.breaker_store().change(key, lambda before: BreakerStanding())


def _graver(place: Place, standings: dict[str, BreakerStanding]) -> BreakerStanding:
    """Return the one of a place's two breakers that stays open longer."""
    keys = place.breakers
    found = [standings[key] for key in (keys.key, keys.model) if key in standings]
    opened = [one for one in found if one.open_until is not None]
    return max(opened, key=lambda one: str(one.open_until), default=BreakerStanding())
