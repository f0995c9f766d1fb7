"""Make entries of the ledger for tests, from the few values that matter there."""

from datetime import UTC, datetime
from typing import Any

from app.telemetry import Attempt, LedgerEntry, Outcome, TurnIds

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
