"""Find out whether a pooler before PostgreSQL gives a client one session, or one a transaction.

In transaction mode the next statement of a client may come from another connection, so nothing
that a session holds can be relied on, such as the lock of a turn.
"""

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..errors import DatabaseError
from .postgresql import connect, driver_options, explained

if TYPE_CHECKING:
    from psycopg import Connection

_PROBE_S = 2.0
"""Seconds to wait for the second connection that tells the pooler's mode."""
_TRANSACTIONS = (
    "The pooler before the database {where} gives each transaction another connection "
    "(transaction mode), but turns wait for each other by locks of a session. Name its port for "
    "session mode, or the server itself, in APP_DATABASE_URL."
)


def refuse_transaction_mode(connection: "Connection[Any]", url: str) -> None:
    """Refuse a connection whose statements go to more than one session of the server.

    A mark is left in the session, and looked for while another client has a transaction open, and
    after it: each takes what a pooler has free, and in transaction mode one of them finds the mark
    that isn't its own, or the first one doesn't find it again.

    Args:
        connection: One that commits each statement.
        url: The address of its database.

    Raises:
        DatabaseError: A pooler in transaction mode stands between.
        psycopg.Error: The connection failed.
    """
    from psycopg import Error

    mark = secrets.token_hex(8)
    connection.execute("SELECT set_config('task_relay.mark', %s, false)", (mark,))
    try:
        with connect(url, patience=_PROBE_S) as other:
            seen = [_mark(other) == mark, _mark(connection) != mark]
            other.rollback()
            seen.append(_mark(connection) != mark)
    except (Error, DatabaseError):
        return  # too few connections to find out; whoever needs one says so
    finally:
        with suppress(Error):
            connection.execute("SELECT set_config('task_relay.mark', '', false)")
    if any(seen):
        raise DatabaseError(_TRANSACTIONS.format(where=_where(url)))


def check_sessions(url: str) -> None:
    """Say whether a session's locks can be relied on.

    Raises:
        DatabaseError: They can't, or the database can't be reached.
    """
    from psycopg import Error

    try:
        with connect(url, autocommit=True) as connection:
            refuse_transaction_mode(connection, url)
    except Error as error:
        raise DatabaseError(explained(error, driver_options(url)[0])) from error


def _mark(connection: "Connection[Any]") -> object:
    row = connection.execute("SELECT current_setting('task_relay.mark', true)").fetchone()
    return row[0] if row else None


def _where(url: str) -> str:
    address, _ = driver_options(url)
    return "/".join(filter(None, (address.host, address.database)))
