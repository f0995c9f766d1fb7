"""Open an engine, and run reads and writes on it.

SQLite runs with a write-ahead log. A write begins with BEGIN IMMEDIATE, so that two
writers queue for the busy timeout instead of failing half-way; in PostgreSQL they queue for
an advisory lock that ends with the transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from app.errors import DatabaseError
from app.private_files import private_file

BUSY_TIMEOUT_MS = 10_000
_WRITERS_LOCK = 0x7461736B
CHECKPOINT_PAGES = 4_000
"""Pages of 4 KB in the log before they go into the database: with SQLite's 1,000 every
sixtieth write of a large store pays for it, which is its p99."""


def open_engine(url: str) -> Engine:
    """Return an engine; a SQLite file is made with mode 0600 where it is missing.

    Errors don't show the values of a statement, because they reach the log.

    Raises:
        DatabaseError: The file can't be made or opened.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True)
    make_file(Path(str(make_url(url).database)))
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)
    return engine


def make_file(file: Path) -> None:
    """Make a database file that only its owner can read, where there is none.

    Raises:
        DatabaseError: It can't be made or written.
    """
    try:
        private_file(file)
    except OSError as error:
        raise DatabaseError(
            f"The database {file} can't be opened for writing ({error.strerror}). Check its "
            "owner and mode, or set APP_DATA_DIR (and APP_DATABASE_URL) to another place."
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection for reading.

    Raises:
        DatabaseError: The database failed.
    """
    with _translated(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection inside one write transaction: all of it happens, or nothing.

    Raises:
        DatabaseError: The database failed; nothing was changed.
    """
    with (
        _translated(engine),
        engine.connect().execution_options(task_relay_write=True) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_WRITERS_LOCK)))
        yield connection


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        where = make_url(str(engine.url)).database
        raise DatabaseError(f"The database {where} failed: {cause}. {advice(cause)}") from error


def advice(cause: BaseException) -> str:
    """Return what a person can do about an error of the database."""
    text = str(cause)
    for sign, advice in (
        ("locked", "Another program holds it; close that one and try again."),
        ("full", "Free some space on its disk and try again."),
        ("readonly", "Check that you may write to the file and its directory."),
        ("unable to open", "Check that you may write to the file and its directory."),
        ("malformed", "It is damaged; restore a backup or move the file away."),
        ("not a database", "That file is something else; move it away or set APP_DATABASE_URL."),
    ):
        if sign in text:
            return advice
    return "Nothing was changed."


def _prepare_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("task_relay_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
