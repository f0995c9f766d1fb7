"""Keep what is left of every quota in the database, for all processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import floor

from sqlalchemy import Column, Float, Integer, RowMapping, String, Table, delete, insert, select
from sqlalchemy import update as updating

from ..database import PREFIX, Engine, UtcDateTime, metadata, reading, writing
from ..settings import Window

quotas = Table(
    f"{PREFIX}quotas",
    metadata,
    Column("key", String, primary_key=True),
    Column("quota", String, primary_key=True),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("source", String, nullable=False),
    Column("known_at", UtcDateTime, nullable=False),
    Column("used", Float, nullable=False),
    Column("counted_at", UtcDateTime, nullable=False),
    Column("resets_at", UtcDateTime, nullable=False),
)


_SCOPE = "quotas"
LEARNED_FOR = timedelta(days=2)
"""How long a limit that a 429 named is believed; a bigger contract then shows by itself."""
_SKEW = timedelta(minutes=1)
"""How far two machines' clocks may differ; what is further ahead was told by a wrong clock."""
_A_DAY = timedelta(days=1)
_LONGEST_WINDOW = timedelta(hours=25) + _SKEW
"""A day from midnight to midnight, when clocks are set back."""
_LARGEST = 2**31 - 1
"""The largest number in PostgreSQL's column; a limit above it is as good as none."""


class QuotaSource(StrEnum):
    """How a limit is known: set by a person, learned from a 429, or told with each answer."""

    SETTING = "setting"
    LEARNED = "learned"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class QuotaGauge:
    """One quota of a model: how much there is, and how much of it was used at an instant.

    What a header tells comes back evenly until `resets_at` (Groq's windows roll); what we
    count ourselves comes back all at once then. `known_at` is when the amount became known.
    """

    provider: str
    model: str
    quota: Window
    amount: int
    source: QuotaSource
    known_at: datetime
    used: float
    counted_at: datetime
    resets_at: datetime

    @property
    def rolling(self) -> bool:
        """Say whether it comes back evenly."""
        return self.source is QuotaSource.HEADER

    def counts(self, now: datetime) -> bool:
        """Say whether it holds without a setting: a header's word, or a fresh 429's."""
        fresh = -_SKEW <= now - self.known_at <= LEARNED_FOR
        return self.source is QuotaSource.HEADER or (self.source is QuotaSource.LEARNED and fresh)

    def used_at(self, now: datetime) -> float:
        """Return how much is used at an instant."""
        if not self._lasts(now):
            return 0.0
        if not self.rolling or now <= self.counted_at:
            return self.used
        return self.used * ((self.resets_at - now) / (self.resets_at - self.counted_at))

    def left_at(self, now: datetime) -> int:
        """Return how much is left at an instant."""
        return max(0, floor(self.amount - self.used_at(now) + 1e-6))

    def wait(self, need: float, now: datetime) -> float | None:
        """Return the seconds until so much fits in; None where it fits now.

        Nothing waits for more than all of it: where nothing is used, everything fits.

        Args:
            need: Requests or tokens.
            now: The instant.
        """
        used = self.used_at(now)
        room = max(0.0, self.amount - need)
        if used <= room:
            return None
        whole = (self.resets_at - now).total_seconds()
        return whole * (1 - room / used) if self.rolling else whole

    def plus(self, need: float, now: datetime, resets_at: datetime) -> "QuotaGauge":
        """Return the gauge after so much was used.

        Args:
            need: Requests or tokens; below zero what was counted in vain.
            now: The instant.
            resets_at: When a window ends that begins now.
        """
        used = max(0.0, self.used_at(now) + need)
        if self.rolling:
            resets_at = now + min(_A_DAY, self.quota.length * (used / self.amount))
        elif self._lasts(now):
            resets_at = self.resets_at
        return replace(self, used=used, counted_at=now, resets_at=resets_at)

    def _lasts(self, now: datetime) -> bool:
        """Say whether its window lasts.

        One that was counted ahead of now never began, and none is longer than a day.
        """
        begun = self.counted_at - _SKEW <= now
        return begun and now < self.resets_at <= now + _LONGEST_WINDOW


QuotaKey = tuple[str, Window]
"""The name of a model's breaker, which holds a fingerprint of the key, and the quota."""

QuotaChange = Callable[[QuotaGauge | None], QuotaGauge | None]


class QuotaStore:
    """The rows; every method is one short transaction and may raise `DatabaseError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self) -> dict[QuotaKey, QuotaGauge]:
        """Return every quota that is known."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(quotas)).mappings()
            return {(row["key"], Window(row["quota"])): _gauge(row) for row in rows}

    def change(self, changes: Sequence[tuple[QuotaKey, QuotaChange]]) -> None:
        """Change quotas by functions of how they stand in the database now."""
        with writing(self._engine, _SCOPE, relaxed=True) as connection:
            for (key, window), change in changes:
                mine = (quotas.c.key == key) & (quotas.c.quota == window.value)
                row = connection.execute(select(quotas).where(mine)).mappings().first()
                after = change(_gauge(row) if row else None)
                if after is None:
                    connection.execute(delete(quotas).where(mine))
                elif row:
                    connection.execute(updating(quotas).where(mine).values(_values(after)))
                else:
                    connection.execute(insert(quotas).values(key=key, **_values(after)))


def _gauge(row: RowMapping) -> QuotaGauge:
    told = {field.name: row[field.name] for field in fields(QuotaGauge)}
    return QuotaGauge(
        **told | {"quota": Window(row["quota"]), "source": QuotaSource(row["source"])}
    )


def _values(gauge: QuotaGauge) -> dict[str, object]:
    values = {field.name: getattr(gauge, field.name) for field in fields(QuotaGauge)}
    values |= {"quota": gauge.quota.value, "source": gauge.source.value}
    return values | {"amount": min(gauge.amount, _LARGEST)}
