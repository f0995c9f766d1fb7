"""Keep when the last alert went out, so that many processes send one."""

from datetime import datetime, timedelta

from sqlalchemy import Column, String, Table, delete, insert, select

from ..database import PREFIX, Engine, UtcDateTime, metadata, writing

alerts = Table(
    f"{PREFIX}alerts",
    metadata,
    Column("name", String, primary_key=True),
    Column("sent_at", UtcDateTime, nullable=False),
)

_SCOPE = "alerts"
_THE_ONE = "last"


class AlertStore:
    """The row; every method is one short transaction and may raise `DatabaseError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, now: datetime, every: timedelta) -> bool:
        """Take the right to send an alert now; say whether it was free.

        Args:
            now: The instant.
            every: How long after an alert no other one goes out.
        """
        with writing(self._engine, _SCOPE, relaxed=True) as connection:
            last = connection.scalar(select(alerts.c.sent_at))
            if last is not None and last <= now < last + every:
                return False
            connection.execute(delete(alerts))
            connection.execute(insert(alerts).values(name=_THE_ONE, sent_at=now))
            return True

    def give_back(self) -> None:
        """Give the right back: the alert reached nobody."""
        with writing(self._engine, _SCOPE, relaxed=True) as connection:
            connection.execute(delete(alerts))
