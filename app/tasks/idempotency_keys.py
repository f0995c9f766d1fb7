"""Remember which tool calls were carried out, so that none is carried out twice."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, select
from sqlalchemy import insert as insert_row

from .store import calls

KEPT_DAYS = 30
"""How long a call is remembered; a turn that is taken up again is younger by far."""


class IdempotencyKeys:
    """The calls of one user, by a key that names each one for good."""

    def __init__(self, connection: Connection, user_id: str) -> None:
        self._connection = connection
        self._user_id = user_id

    def result(self, key: str) -> str | None:
        """Return what a call answered, or None when it wasn't carried out."""
        mine = and_(calls.c.user_id == self._user_id, calls.c.key == key)
        result: str | None = self._connection.scalar(select(calls.c.result).where(mine))
        return result

    def record(self, key: str, made_at: datetime, result: str) -> None:
        """Remember a call, and forget those that are older than `KEPT_DAYS`.

        Args:
            key: Its key.
            made_at: When it was carried out.
            result: What it answered.
        """
        old = calls.c.made_at < made_at - timedelta(days=KEPT_DAYS)
        self._connection.execute(delete(calls).where(calls.c.user_id == self._user_id, old))
        row = {"user_id": self._user_id, "key": key, "made_at": made_at, "result": result}
        self._connection.execute(insert_row(calls).values(row))
