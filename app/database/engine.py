"""Open an engine, and run reads and writes on it.

SQLite runs with a write-ahead log (`sqlite.py`). A write begins with BEGIN IMMEDIATE, so that
two writers queue for the busy timeout instead of failing half-way; in PostgreSQL those of one
scope, such as a user, queue for an advisory lock that ends with the transaction.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from ..errors import DatabaseError
from ..forking import at_fork, leave_to_parent
from ..settings import private_file
from . import sqlite
from .failures import failed
from .fork_gate import fork_gate
from .postgresql import explained, lock, open_postgresql

_POSTGRESQL = "postgresql"


def open_engine(url: str, *, patience: float | None = None) -> Engine:
    """Return an engine; a SQLite file is made with mode 0600 where it is missing.

    Errors don't show the values of a statement, because they reach the log.

    Args:
        url: The address of the database.
        patience: How many seconds are waited for a connection to a server; ten when None.

    Raises:
        DatabaseError: The file can't be made or opened, or PostgreSQL's driver is missing.
    """
    if make_url(url).get_backend_name() == _POSTGRESQL:
        engine = open_postgresql(url, patience)
        at_fork(engine, after_in_child=_renew)
        return engine
    make_file(Path(str(make_url(url).database)))
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", sqlite.prepare)
    event.listen(engine, "begin", sqlite.begin)
    at_fork(engine, before=Engine.dispose, after_in_child=_renew)
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
    """Give a connection for reading; all that is read is of one moment.

    Raises:
        DatabaseError: The database failed.
    """
    with _translated(engine), _gate(engine), engine.connect() as connection:
        if engine.dialect.name == _POSTGRESQL:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


@contextmanager
def writing(engine: Engine, scope: str, *, relaxed: bool = False) -> Iterator[Connection]:
    """Give a connection inside one write transaction: all of it happens, or nothing.

    Args:
        engine: The database.
        scope: Names what is written, such as one user's tasks: writers of one scope take
            turns. SQLite has one writer at a time, whatever the scope.
        relaxed: Whether a power cut may take it back; not the end of the process. For what
            is no task: it spares the wait for the disk.

    Raises:
        DatabaseError: The database failed; nothing was changed.
    """
    options = {sqlite.WRITE: True, sqlite.RELAXED: relaxed}
    in_turn = sqlite.one_writer(engine) if engine.dialect.name == "sqlite" else nullcontext()
    with (
        _translated(engine),
        _gate(engine),
        in_turn,
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == _POSTGRESQL:
            lock(connection, scope)
        yield connection


def _gate(engine: Engine) -> AbstractContextManager[None]:
    return fork_gate.inside() if engine.dialect.name == "sqlite" else nullcontext()


def _renew(engine: Engine) -> None:
    """Give an engine new connections in a child; those that are open are the parent's."""
    leave_to_parent(engine.pool)
    engine.dispose(close=False)
    sqlite.forget_writer(engine)


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        failed(engine)
        cause = getattr(error, "orig", None) or error
        if engine.dialect.name == _POSTGRESQL:
            raise DatabaseError(explained(cause, engine.url)) from error
        where = engine.url.database
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
        ("disk I/O", "Its disk may be full, over a quota, or failing; look there first."),
        ("not a database", "That file is something else; move it away or set APP_DATABASE_URL."),
    ):
        if sign in text:
            return advice
    return "Nothing was changed."
