"""Keep conversations in PostgreSQL, for callers with and without an event loop."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, LiteralString

from langgraph.checkpoint.postgres import PostgresSaver
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from app.conversations.threaded import ThreadedSaver
from app.database import driver_options

SCHEMA = "task_relay"
"""LangGraph's tables have names without a prefix; a host may have the same in its own schema."""

_MOST_CONNECTIONS = 10
_WAIT_S = 10.0
_SETUP_LOCK = 0x74616C6B

Pool = ConnectionPool[Connection[DictRow]]


class PostgresConversations(ThreadedSaver, PostgresSaver):
    """LangGraph's saver over a pool, in a schema of its own; calls run beside each other.

    Each call is one transaction that names the schema itself: behind a pooler the next one
    may have another connection, so nothing is set for longer than that.
    """

    conn: Pool

    def setup(self) -> None:
        """Make the schema and its tables where they are missing."""
        with self.conn.connection() as connection:
            _set_up(connection)

    @contextmanager
    def _cursor(self, *, pipeline: bool = True) -> Iterator[Cursor[DictRow]]:
        """Give a cursor inside one transaction, as the library asks for it at every call.

        Args:
            pipeline: What the library thinks fit; ours are always sent in as few trips as can be.
        """
        with (
            self.conn.connection() as connection,
            connection.pipeline() if self.supports_pipeline else nullcontext(),
            _transaction(connection) as cursor,
        ):
            yield cursor


def open_postgresql_conversations(url: str) -> PostgresConversations:
    """Open the conversations of a database.

    Raises:
        psycopg.Error: It can't be used.
    """
    address, options = driver_options(url)
    _, named = address.get_dialect()().create_connect_args(address)
    wished: dict[str, Any] = {"autocommit": True, "row_factory": dict_row, **options, **named}
    with Connection.connect(**wished) as connection:  # a pool would not say what is wrong
        _set_up(connection)
    pool = Pool(
        kwargs=wished,
        min_size=0,
        max_size=_MOST_CONNECTIONS,
        timeout=_WAIT_S,
        check=ConnectionPool.check_connection,
        name="task-relay-conversations",
        open=True,
    )
    return PostgresConversations(pool)


def _set_up(connection: Connection[DictRow]) -> None:
    """Make the schema and run the library's migrations that are missing, all or none.

    Processes that start together take turns. An index can't be built CONCURRENTLY inside a
    transaction, and needn't be: a table gets its own before anyone writes to it.
    """
    steps = PostgresSaver.MIGRATIONS
    with _transaction(connection) as cursor:
        if _version(cursor) >= len(steps) - 1:
            return
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_SETUP_LOCK,))
        if not _found(cursor, "SELECT to_regnamespace(%s)::text", SCHEMA):
            cursor.execute(f"CREATE SCHEMA {SCHEMA}".encode())
        for number in range(_version(cursor) + 1, len(steps)):
            cursor.execute(steps[number].replace(" CONCURRENTLY", "").encode())
            cursor.execute("INSERT INTO checkpoint_migrations (v) VALUES (%s)", (number,))


def _version(cursor: Cursor[DictRow]) -> int:
    """Return the last migration that was run; the first makes the table that tells it."""
    if not _found(cursor, "SELECT to_regclass(%s)::text", "checkpoint_migrations"):
        return -1
    found = _found(cursor, "SELECT max(v) FROM checkpoint_migrations")
    return -1 if found is None else int(found)


def _found(cursor: Cursor[DictRow], query: LiteralString, *values: str) -> Any:
    """Return the one value that a query finds."""
    (value,) = (cursor.execute(query, values).fetchone() or {"none": None}).values()
    return value


@contextmanager
def _transaction(connection: Connection[DictRow]) -> Iterator[Cursor[DictRow]]:
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        cursor.execute(f"SET LOCAL search_path TO {SCHEMA}".encode())
        yield cursor
