"""Breakers and quotas that live in memory, because their database fails."""

from collections.abc import Callable

from app.clock import Clock, SystemClock
from app.errors import DatabaseError
from app.llm.resilience.breaker import Breakers
from app.llm.resilience.quota_counters import QuotaCounters
from app.telemetry import BreakerStore, QuotaStore


def no_breakers(clock: Clock | None = None, chance: Callable[[], float] = lambda: 0.5) -> Breakers:
    """Return breakers that no database keeps."""

    def fails() -> BreakerStore:
        raise DatabaseError("no database in these tests")

    return Breakers(fails, clock or SystemClock(), lease=10, chance=chance)


def no_quotas(clock: Clock | None = None) -> QuotaCounters:
    """Return quotas that no database keeps."""

    def fails() -> QuotaStore:
        raise DatabaseError("no database in these tests")

    return QuotaCounters(fails, clock or SystemClock())
