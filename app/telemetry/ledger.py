"""Keep every model call as a row, failed and skipped ones too, and no text of any message."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, delete, insert, select

from ..database import Engine, reading, writing
from .attempt import Attempt, Outcome, Tokens, as_told, names_of
from .ledger_table import calls
from .logs import TurnIds

if TYPE_CHECKING:
    from .statistics import Statistics

_SCOPE = "ledger"
_PRUNE_EVERY = timedelta(hours=1)
_LARGEST = 2**31 - 1
"""The largest number in PostgreSQL's column; a server that counts more has miscounted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One attempt as the ledger has it.

    Attributes:
        attempt: The attempt itself.
        ids: Whose it was, in which thread and turn.
        exhausted: Whether no language model was left after it.
        cost: In US dollars; None is unknown.
        trace: The trace that it belongs to; told to metrics and not kept.
    """

    attempt: Attempt
    ids: TurnIds = field(default_factory=TurnIds)
    exhausted: bool = False
    cost: float | None = None
    trace: Any = field(default=None, repr=False, compare=False)


class Ledger:
    """The rows; every method is one transaction and may raise `DatabaseError`.

    Args:
        engine: Where they are kept.
        keep_days: After how many days a row goes; 0 keeps all.
    """

    def __init__(self, engine: Engine, keep_days: int = 0) -> None:
        self._engine = engine
        self._keep = timedelta(days=keep_days)
        self._pruned_at: datetime | None = None

    def add(self, entries: Sequence[LedgerEntry], now: datetime) -> None:
        """Add attempts; once an hour, old ones go.

        Args:
            entries: The attempts.
            now: The instant, from which the age of old ones is counted.
        """
        with writing(self._engine, _SCOPE, relaxed=True) as connection:
            if entries:
                connection.execute(insert(calls), [row_of(entry) for entry in entries])
            if self._keep and (self._pruned_at is None or now - self._pruned_at > _PRUNE_EVERY):
                connection.execute(delete(calls).where(calls.c.at < now - self._keep))
                self._pruned_at = now

    def since(self, begin: datetime) -> list[LedgerEntry]:
        """Return the attempts from an instant on, in the order in which they were noted."""
        query = select(calls).where(calls.c.at >= begin).order_by(calls.c.id)
        with reading(self._engine) as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def statistics(
        self, begin: datetime, end: datetime, zone: tzinfo, by: str | None = None
    ) -> "Statistics":
        """Return what the attempts from an instant on come to; the database counts them.

        Args:
            begin: From when on.
            end: Now.
            zone: Whose days are counted.
            by: One of `GROUPS`; None for no groups.
        """
        from .statistics import count_calls

        with reading(self._engine) as connection:
            return count_calls(connection, begin, end, zone, by)

    def forget(self, user_id: str) -> int:
        """Remove all calls for a user; return how many there were."""
        with writing(self._engine, _SCOPE, relaxed=True) as connection:
            gone = connection.execute(delete(calls).where(calls.c.user_id == user_id))
            return gone.rowcount


def row_of(entry: LedgerEntry) -> dict[str, object]:
    """Return the values of an entry by the ledger's columns."""
    attempt, ids = entry.attempt, entry.ids
    tokens = as_told(attempt.tokens, "column") if attempt.tokens else {}
    return (
        as_told(attempt, "column")
        | {"user_id": ids.user, "thread": ids.thread, "turn": ids.turn}
        | {"exhausted": entry.exhausted, "cost": entry.cost}
        | {name: _count(tokens.get(name)) for name in names_of(Tokens, "column").values()}
    )


def _count(tokens: Any) -> int | None:
    return None if tokens is None else min(tokens, _LARGEST)


def _entry(row: RowMapping) -> LedgerEntry:
    told = _read(Attempt, row)
    told["outcome"] = Outcome(told["outcome"])  # type: ignore[call-arg]  # by its word
    if row["tokens_in"] is not None:
        told["tokens"] = Tokens(**_read(Tokens, row))
    return LedgerEntry(
        attempt=Attempt(**told),
        ids=TurnIds(row["user_id"], row["thread"], row["turn"]),
        exhausted=row["exhausted"],
        cost=row["cost"],
    )


def _read(record: type, row: RowMapping) -> dict[str, Any]:
    return {attribute: row[column] for attribute, column in names_of(record, "column").items()}
