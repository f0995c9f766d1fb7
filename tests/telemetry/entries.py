"""Make entries of the ledger for tests, from the few values that matter there."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import create_engine

from app.database import metadata
from app.telemetry import Attempt, Ledger, LedgerEntry, Outcome, Statistics, TurnIds

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def attempt(outcome: str = "answered", **more: Any) -> Attempt:
    """Return an attempt at the primary; `more` are its fields."""
    told: dict[str, Any] = {
        "at": NOON,
        "place": "gemini",
        "model": "gemini-3.5-flash-lite",
        "position": 0,
    }
    return Attempt(**told | more, outcome=Outcome(outcome))  # type: ignore[call-arg]


def entry(
    outcome: str = "answered",
    *,
    user: str = "ann",
    thread: str = "main",
    turn: str = "1",
    exhausted: bool = False,
    cost: float | None = None,
    **more: Any,
) -> LedgerEntry:
    """Return an entry; `more` are fields of its attempt."""
    return LedgerEntry(
        attempt=attempt(outcome, **more),
        ids=TurnIds(user, thread, turn),
        exhausted=exhausted,
        cost=cost,
    )


def statistics_of(
    entries: Sequence[LedgerEntry], begin: datetime, end: datetime, zone: tzinfo, by: str | None
) -> Statistics:
    """Return what a ledger of these entries alone tells; its arguments are the ledger's."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    ledger = Ledger(engine)
    ledger.add(entries, end)
    told = ledger.statistics(begin, end, zone, by)
    engine.dispose()
    return told
