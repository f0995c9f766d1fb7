"""Keep every model call as a row, failed and skipped ones too, and no text of any message."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    RowMapping,
    String,
    Table,
    delete,
    insert,
    select,
)

from ..database import PREFIX, Engine, UtcDateTime, metadata, reading, writing
from .call_record import CallRecord, Tokens

calls = Table(
    f"{PREFIX}ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_id", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("turn", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("kind", String),
    Column("exhausted", Boolean, nullable=False),
    Column("first_token_ms", Integer),
    Column("total_ms", Integer, nullable=False),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("tokens_cached", Integer),
    Column("tokens_reasoning", Integer),
    Column("cost", Float),
)

_AS_THEY_ARE = (
    *("at", "user_id", "thread", "turn", "provider", "model", "position", "outcome", "kind"),
    *("exhausted", "first_token_ms", "total_ms", "cost"),
)
_COUNTS = ("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning")
_SCOPE = "ledger"
_PRUNE_EVERY = timedelta(hours=1)
_LARGEST = 2**31 - 1
"""The largest number in PostgreSQL's column; a server that counts more has miscounted."""


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

    def add(self, records: Sequence[CallRecord], now: datetime) -> None:
        """Add calls; once an hour, old ones go."""
        with writing(self._engine, _SCOPE, relaxed=True) as connection:
            if records:
                connection.execute(insert(calls), [_row(record) for record in records])
            if self._keep and (self._pruned_at is None or now - self._pruned_at > _PRUNE_EVERY):
                connection.execute(delete(calls).where(calls.c.at < now - self._keep))
                self._pruned_at = now

    def since(self, begin: datetime) -> list[CallRecord]:
        """Return the calls from an instant on, in the order in which they were noted."""
        query = select(calls).where(calls.c.at >= begin).order_by(calls.c.id)
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def of_user(self, user_id: str) -> list[CallRecord]:
        """Return all calls for a user."""
        query = select(calls).where(calls.c.user_id == user_id).order_by(calls.c.id)
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def forget(self, user_id: str) -> int:
        """Remove all calls for a user; return how many there were."""
        with writing(self._engine, _SCOPE, relaxed=True) as connection:
            gone = connection.execute(delete(calls).where(calls.c.user_id == user_id))
            return gone.rowcount


def _row(record: CallRecord) -> dict[str, object]:
    tokens = record.tokens
    counts: list[int] | list[None] = [None] * len(_COUNTS)
    if tokens:
        counts = [tokens.incoming, tokens.outgoing, tokens.cached, tokens.reasoning]
    row = {name: getattr(record, name) for name in _AS_THEY_ARE}
    return row | {
        name: None if count is None else min(count, _LARGEST)
        for name, count in zip(_COUNTS, counts, strict=True)
    }


def _record(row: RowMapping) -> CallRecord:
    tokens = None
    if row["tokens_in"] is not None:
        tokens = Tokens(*(row[name] for name in _COUNTS))
    return CallRecord(**{name: row[name] for name in _AS_THEY_ARE}, tokens=tokens)
