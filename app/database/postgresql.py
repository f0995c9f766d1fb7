"""Open an engine on PostgreSQL, lock what one writer at a time may change, and explain errors."""

import hashlib
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url

from ..errors import DatabaseError
from .postgresql_waiting import WAIT_S, answered

if TYPE_CHECKING:
    from psycopg import Connection

CONNECTIONS, MORE_AT_PEAKS = 5, 10

_CONNECTING: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "task-relay",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A server that has gone is noticed in half a minute, also in the middle of a statement."""


def open_postgresql(url: str, patience: float | None) -> Engine:
    """Return an engine; nothing is connected yet.

    Args:
        url: The address of the database.
        patience: How many seconds are waited for a connection; `WAIT_S` when None.

    Raises:
        DatabaseError: The driver isn't installed.
    """
    address, options = driver_options(url)
    engine = create_engine(
        address,
        connect_args=options,
        isolation_level="READ COMMITTED",  # a writer sees what was written while it queued
        pool_size=CONNECTIONS,
        max_overflow=MORE_AT_PEAKS,
        pool_timeout=WAIT_S if patience is None else patience,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    def connected(dialect: Any, _record: object, given: Any, named: Any) -> Any:
        return answered(dialect.connect(*given, **named), patience)

    event.listen(engine, "do_connect", connected)
    return engine


def connect(url: str, *, patience: float | None = None, **more: Any) -> "Connection[Any]":
    """Return a connection that has answered.

    Args:
        url: The address of a database.
        patience: How many seconds are waited for the answer; as for an engine when None.
        more: What psycopg takes besides.

    Raises:
        psycopg.Error: There is none, or no answer in time.
        DatabaseError: The driver isn't installed.
    """
    address, options = driver_options(url)
    from psycopg import Connection

    return answered(Connection.connect(**{**options, **parameters(address), **more}), patience)


def parameters(address: URL) -> dict[str, Any]:
    """Return what an address says, as psycopg takes it."""
    _, named = address.get_dialect()().create_connect_args(address)
    return dict(named)


def driver_options(url: str) -> tuple[URL, dict[str, Any]]:
    """Return an address, and what its connections need besides; the address's own wishes win.

    No statement is prepared on the server, so that a pooler may stand between.

    Raises:
        DatabaseError: The driver isn't installed.
    """
    try:
        import psycopg  # noqa: F401 - it may be there, but not its library
    except ImportError as error:
        raise missing_extra() from error
    address = make_url(url)
    wished = {name: value for name, value in _CONNECTING.items() if name not in address.query}
    return address, {**wished, "prepare_threshold": None}


def missing_extra() -> DatabaseError:
    """Return what to say where the packages for PostgreSQL aren't installed."""
    return DatabaseError(
        "APP_DATABASE_URL names PostgreSQL, but the packages for it are missing: run "
        'python -m pip install -e ".[postgres]" -c constraints.txt'
    )


def lock(connection: Transaction, scope: str) -> None:
    """Wait for the turn of this transaction among those that write in the same scope.

    Args:
        connection: Inside the transaction.
        scope: Names what is written.
    """
    number = int.from_bytes(hashlib.sha256(scope.encode()).digest()[:8], signed=True)
    connection.execute(_LOCK, {"wait": f"{WAIT_S * 1000:.0f}ms", "number": number})


_LOCK = text("SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:number)")


def explained(cause: BaseException, url: URL) -> str:
    """Return what went wrong and what to do, without password and without a row's content.

    Args:
        cause: The driver's error.
        url: The address of the database.
    """
    diagnosis = getattr(getattr(cause, "diag", None), "message_primary", None)
    reason = str(diagnosis or _innermost(str(cause))).rstrip(".")
    if url.password:
        reason = reason.replace(str(url.password), "***")
    database = "/".join(filter(None, (url.host, url.database)))
    advice = _advice(getattr(cause, "sqlstate", None) or "", reason)
    return f"The database {database} failed: {reason}. {advice}"


def _innermost(message: str) -> str:
    """Return what the server said, out of what the driver tells of its attempts to connect."""
    _, _, fatal = message.partition("FATAL:")
    lines = (fatal or message).strip().splitlines() or ["no reason was given"]
    return lines[0].strip()


def _advice(sqlstate: str, reason: str) -> str:
    for signs, advice in _ADVICE:
        if re.search(signs, f"{sqlstate} {reason}"):
            return advice
    return "Nothing was changed."


_ADVICE = (
    (
        r"^(28|0P)|password|role \S+ does not exist|pg_hba|authentication",
        "Check user and password in APP_DATABASE_URL.",
    ),
    ("pooling mode", "Name the pooler's port for session mode, or the server itself."),
    ("invalid connection option", "Take that option out of APP_DATABASE_URL."),
    (r"^3D000|database \S+ does not exist", "Make it, or name another one in APP_DATABASE_URL."),
    (
        r"^53300|too many (clients|connections)|connection slots|QueuePool limit",
        "All connections are in use; try again, or let the server take more.",
    ),
    (
        "couldn't get a connection",
        "All of them are in use, or the server is away; try again in a moment, or let the server "
        "or the pooler before it take more.",
    ),
    (r"^53100|No space left", "Free some space on the server's disk and try again."),
    (r"^53", "The server is short of resources; try again."),
    (
        "^(42501|3F000)|[Pp]ermission denied",
        "Give the user of APP_DATABASE_URL the right to it, or name a database that it owns.",
    ),
    ("^25006", "It can only be read; name the primary server in APP_DATABASE_URL."),
    ("^55P03", "Another program holds it; close that one and try again."),
    ("^40", "Another writer was quicker; try again."),
    (r"^22P05|encoding", "It can't hold this text; make it with the encoding UTF8."),
    (
        "starting up|shutting down|recovery|^57P|terminat|closed|lost|reset by",
        "The server went away or isn't ready; try again in a moment.",
    ),
    (
        r"[Cc]onnection|refused|timeout|timed out|resolve|translate host|No such file|SSL",
        "Check that the server runs, and host and port in APP_DATABASE_URL.",
    ),
)
"""What an SQLSTATE (PostgreSQL's appendix A), or before there is one a text, asks for."""
