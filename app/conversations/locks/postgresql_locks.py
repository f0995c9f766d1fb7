"""Let one turn at a time run in a thread, for processes on one PostgreSQL.

A lock is an advisory lock of a session: one connection for each process holds all of its
locks, and the server gives them back when that connection ends, however the process ended.
"""

from typing import Any

from psycopg import Connection, Error

from ...database import (
    connect,
    connection_patience,
    driver_options,
    explained,
    refuse_transaction_mode,
)
from ...errors import DatabaseError
from ...forking import Guard, at_fork, leave_to_parent
from ...settings import Settings
from .lock_ids import lock_id_of

_BIGINT = 2**63


class PostgresTurnLocks:
    """Locks in a database, to which a connection is opened at the first use.

    Args:
        settings: Where the database is, and how long a turn may take.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = settings.database_url
        self._patience = connection_patience(settings)
        self._guard = Guard()
        self._connection: Connection[Any] | None = None
        self._held: set[int] = set()
        at_fork(self, after_in_child=PostgresTurnLocks._renew)

    def take(self, key: str) -> bool:
        """Take the lock of a thread; False when this or another process has it.

        Raises:
            DatabaseError: The database can't be reached, or a pooler keeps no sessions.
        """
        lock_id = lock_id_of(key) - _BIGINT
        with self._guard:
            if lock_id in self._held or not self._ask("pg_try_advisory_lock", lock_id):
                return False
            self._held.add(lock_id)
            return True

    def give_back(self, key: str) -> None:
        """Give a lock back; where the connection is gone, the server has done so."""
        lock_id = lock_id_of(key) - _BIGINT
        with self._guard:
            if lock_id not in self._held:
                return
            self._held.discard(lock_id)
            try:
                self._ask("pg_advisory_unlock", lock_id)
            except DatabaseError:
                return

    def close(self) -> None:
        """End the connection, which gives back every lock."""
        with self._guard:
            self._drop()

    def _renew(self) -> None:
        leave_to_parent(self._connection)
        self._connection = None
        self._held.clear()

    def _ask(self, function: str, lock_id: int) -> bool:
        try:
            if self._connection is None:
                self._connection = self._open()
            row = self._connection.execute(f"SELECT {function}(%s)".encode(), (lock_id,)).fetchone()
        except Error as error:
            self._drop()
            raise DatabaseError(explained(error, driver_options(self._url)[0])) from error
        return bool(row and row[0])

    def _open(self) -> Connection[Any]:
        connection = connect(self._url, patience=self._patience, autocommit=True)
        try:
            refuse_transaction_mode(connection, self._url)
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._held.clear()
