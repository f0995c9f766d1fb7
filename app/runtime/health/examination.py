"""Examine everything that a turn needs, and say what is wrong with it."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
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
from .privacy import privacy_findings
from .quotas import quota_findings
from .storage import AREA, database_file, storage_findings


@dataclass(frozen=True, slots=True)
class Report:
    """What was found: how each model of the chain stands, and the findings in order."""

    models: tuple[ExaminedPlace, ...]
    findings: tuple[Finding, ...]

    @property
    def can_answer(self) -> bool:
        """Say whether any model can answer now."""
        return any(examined.answers for examined in self.models)

    def record(self) -> dict[str, Any]:
        """Return it as JSON."""
        first = next((examined.place.name for examined in self.models if examined.answers), None)
        return {
            "can_answer": self.can_answer,
            "answers_first": first,
            "models": [examined.record() for examined in self.models],
            "findings": [
                {"area": finding.area, "level": finding.level.value, "text": finding.text}
                for finding in self.findings
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
    storage = storage_findings(settings)
    stores = Stores(settings, clock, reading=True)
    try:
        standings, failed = _standings(stores, settings)
        chain = places(settings)
        callable_now = [
            place for place in chain if place.usable and place.installed and not offline
        ]
        checks = await probe(callable_now, settings, clock)
        probed = {check.place.name: check for check in checks}
        _close_breakers(stores, checks, standings)
        fresh = [name for name, check in probed.items() if check.limits]
        quotas = _quotas(stores, settings, fresh)
    finally:
        stores.close()
    now = clock.now().astimezone(ZoneInfo(settings.timezone))
    models = tuple(
        ExaminedPlace(place, now, probed.get(place.name), _longer_open(place, standings))
        for place in chain
    )
    findings = [
        *(examined.finding() for examined in models),
        *first_finding(models, settings, layers),
        *over_findings(models, settings, layers),
        *quotas,
        *storage,
        *privacy_findings(settings, layers),
        *failed,
        *machine_findings(models, settings, layers, now),
    ]
    return Report(models, tuple(findings))


def close_breakers(settings: Settings, clock: Clock) -> int:
    """Close every breaker; return how many there were.

    Args:
        settings: Where the breakers are kept.
        clock: Where the time comes from.

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


def _quotas(stores: Stores, settings: Settings, fresh: Collection[str]) -> list[Finding]:
    """Return what is left of the quotas; no database is made for that."""
    file = database_file(settings)
    if file is not None and not file.exists():
        return []
    return quota_findings(stores, ZoneInfo(settings.timezone), fresh)


def _close_breakers(
    stores: Stores, checks: Iterable[Probed], standings: dict[str, BreakerStanding]
) -> None:
    """Close the breakers of the models that answered."""
    for check in checks:
        keys = check.place.breakers
        for key in (keys.key, keys.model):
            if check.answered and key in standings:
                with suppress(DatabaseError):  # what is kept is a finding of its own
                    stores.breaker_store().change(key, lambda before: BreakerStanding())


def _longer_open(place: Place, standings: dict[str, BreakerStanding]) -> BreakerStanding:
    """Return the one of a place's two breakers that stays open longer."""
    keys = place.breakers
    known = [standings[key] for key in (keys.key, keys.model) if key in standings]
    opened = [standing for standing in known if standing.open_until is not None]
    return max(opened, key=lambda standing: str(standing.open_until), default=BreakerStanding())
