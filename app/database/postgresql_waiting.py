"""Wait for a connection to PostgreSQL within bounds.

A pooler takes a client at once and lets its first statement wait, for two minutes as a rule, where
all connections to the server are in use.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from ..settings import Settings

if TYPE_CHECKING:
    from psycopg import Connection

WAIT_S = 10.0
"""Seconds that a caller waits for a free connection, and a writer for its turn."""


def connection_patience(settings: Settings) -> float:
    """Return how many seconds a turn waits for a connection: no longer than it may take itself."""
    return min(WAIT_S, settings.turn_timeout)


def answered(connection: "Connection[Any]", patience: float | None = None) -> "Connection[Any]":
    """Return a new connection once the server, and not a pooler before it, has answered.

    Args:
        connection: The connection; closed where no answer comes.
        patience: How many seconds are waited; `WAIT_S` when None.

    Raises:
        psycopg.OperationalError: No answer came in time.
    """
    from psycopg import Error, OperationalError

    patience = WAIT_S if patience is None else patience
    with _cut_after(connection, patience) as was_cut:
        try:
            connection.execute("SELECT 1")
            if not connection.autocommit:
                connection.rollback()
        except Error as error:
            connection.close()
            if was_cut.is_set():
                said = f"couldn't get a connection after {patience:.0f} sec"
                raise OperationalError(said) from error
            raise
    return connection


@contextmanager
def _cut_after(connection: "Connection[Any]", seconds: float) -> Iterator[threading.Event]:
    """Shut a connection's socket down after so many seconds; give what tells that it was.

    The driver waits for an answer without end, and a server that isn't reached yet can't limit it.
    """
    was_cut = threading.Event()
    line = socket.fromfd(connection.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)

    def cut() -> None:
        was_cut.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield was_cut
    finally:
        timer.cancel()
        line.close()
