"""Keep the standing of every breaker in the database, for all processes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Column, Integer, String, Table, delete, insert, or_, select, update

from ..database import PREFIX, Engine, UtcDateTime, metadata, reading, writing

breakers = Table(
    f"{PREFIX}breakers",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("openings", Integer, nullable=False),
    Column("open_until", UtcDateTime),
    Column("probe_until", UtcDateTime),
)


@dataclass(frozen=True, slots=True)
class BreakerStanding:
    """Where one breaker stands.

    `failures` in a row and `openings` in a row; `open_until` is None while it is closed;
    until `probe_until` one call is trying whether the model is back. `kind` names the
    failure that counted last.
    """

    kind: str = ""
    failures: int = 0
    openings: int = 0
    open_until: datetime | None = None
    probe_until: datetime | None = None


class BreakerStore:
    """The rows; every method is one short transaction and may raise `DatabaseError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def load(self) -> dict[str, BreakerStanding]:
        """Return every breaker that has something against it, by key."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(breakers)).mappings()
            return {row["key"]: BreakerStanding(**{n: row[n] for n in _FIELDS}) for row in rows}

    def change(
        self, key: str, change: Callable[[BreakerStanding], BreakerStanding]
    ) -> BreakerStanding:
        """Change one breaker by a function of how it stands in the database now.

        Args:
            key: Which breaker.
            change: Returns how it stands after, from how it stood.
        """
        mine = breakers.c.key == key
        with writing(self._engine, _scope_of(key), relaxed=True) as connection:
            row = connection.execute(select(breakers).where(mine)).mappings().first()
            before = BreakerStanding(**{n: row[n] for n in _FIELDS}) if row else BreakerStanding()
            after = change(before)
            if after == before:
                return after
            if after == BreakerStanding():
                connection.execute(delete(breakers).where(mine))
            elif row:
                connection.execute(update(breakers).where(mine).values(**asdict(after)))
            else:
                connection.execute(insert(breakers).values(key=key, **asdict(after)))
            return after

    def claim_probe(self, key: str, now: datetime, until: datetime) -> bool:
        """Take the one place to probe a half-open breaker; say whether it was free.

        Args:
            key: Which breaker.
            now: The instant.
            until: Until when the place is taken, unless it is given back before.
        """
        free = or_(breakers.c.probe_until.is_(None), breakers.c.probe_until <= now)
        due = breakers.c.open_until <= now
        with writing(self._engine, _scope_of(key), relaxed=True) as connection:
            taken = connection.execute(
                update(breakers).where(breakers.c.key == key, due, free).values(probe_until=until)
            )
            return taken.rowcount == 1

    def clear(self) -> int:
        """Close every breaker; return how many there were."""
        with writing(self._engine, "all breakers", relaxed=True) as connection:
            return connection.execute(delete(breakers)).rowcount


def _scope_of(key: str) -> str:
    return f"breaker {key}"


_FIELDS = tuple(BreakerStanding.__dataclass_fields__)
