"""Keep conversations in PostgreSQL, for callers with and without an event loop."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, LiteralString

from langgraph.checkpoint.postgres import PostgresSaver
from psycopg import Connection, Cursor, Error
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ...database import answered, connect, connection_patience, driver_options, parameters
from ...forking import at_fork, leave_to_parent
from ...settings import Settings
from .pruning import ConversationSaver, occupied
from .serializer import data_serializer

SCHEMA = "task_relay"
"""LangGraph's tables have names without a prefix; a host may have the same in its own schema."""

_MOST_CONNECTIONS = 10
_SETUP_LOCK = 0x74616C6B

_NEWEST_GONE = """SELECT checkpoint_id FROM checkpoints WHERE thread_id = %s AND checkpoint_ns = ''
    ORDER BY checkpoint_id DESC LIMIT 1 OFFSET %s"""
_OF_RUNS = """DELETE FROM checkpoints WHERE metadata ->> 'run_id' = ANY(%s)
    RETURNING thread_id, checkpoint_id"""
_ALL_OF = "DELETE FROM checkpoints WHERE thread_id = %s RETURNING checkpoint_id"
_WRITES_OF = "DELETE FROM checkpoint_writes WHERE thread_id = %s AND checkpoint_id = %s"
_ORPHANS = """DELETE FROM checkpoint_blobs AS blob WHERE thread_id = %s AND NOT EXISTS (
    SELECT 1 FROM checkpoints AS kept
    WHERE kept.thread_id = blob.thread_id AND kept.checkpoint_ns = blob.checkpoint_ns
    AND kept.checkpoint -> 'channel_versions' ->> blob.channel = blob.version)"""
"""Values of channels that no checkpoint names any more."""

_COPIES: dict[LiteralString, LiteralString] = {
    "checkpoints": "checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata",
    "checkpoint_blobs": "checkpoint_ns, channel, version, type, blob",
    "checkpoint_writes": "checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type,"
    " blob",
}
"""The columns of each table beside the thread's."""


class _Answered(Connection[DictRow]):
    """A connection of the pool, which is there once the server has answered."""

    @classmethod
    @override
    def connect(cls, *given: Any, **named: Any) -> Any:
        """Connect, and wait for an answer within bounds."""
        return answered(super().connect(*given, **named))


Pool = ConnectionPool[Connection[DictRow]]


class PostgresConversations(ConversationSaver, PostgresSaver):
    """LangGraph's saver over a pool, in a schema of its own; calls run beside each other.

    Each call is one transaction that names the schema itself: behind a pooler the next one
    may have another connection, so nothing is set for longer than that.

    Args:
        pool: Makes the pool of connections, which opens at its first use.
        keep: How many checkpoints of earlier turns a thread keeps.
    """

    conn: Pool

    def __init__(self, pool: Callable[[], Pool], keep: int) -> None:
        super().__init__(pool(), serde=data_serializer())
        self.keep, self.failed = keep, _nobody
        self._pool = pool
        at_fork(self, after_in_child=PostgresConversations._renew)

    def _renew(self) -> None:
        """Take connections of a child's own."""
        leave_to_parent(self.conn)
        self.conn, self.lock = self._pool(), threading.Lock()

    @override
    def setup(self) -> None:
        """Make the schema and its tables where they are missing."""
        self.conn.open()
        with self.conn.connection() as connection:
            _set_up(connection)

    @override
    def thread_ids(self) -> Sequence[str]:
        """Return all threads."""
        with self._cursor() as cursor:
            cursor.execute("SELECT DISTINCT thread_id FROM checkpoints")
            return [row["thread_id"] for row in cursor.fetchall()]

    @override
    def keep_newest(self, thread_id: str, count: int) -> None:
        """Forget all checkpoints of a thread's root but so many of the newest."""
        with self._cursor() as cursor:
            cursor.execute(_NEWEST_GONE, (thread_id, count))
            if gone := cursor.fetchone():
                _forget_older(cursor, thread_id, "", "<=", gone["checkpoint_id"])

    @override
    def namespaces(self, thread_id: str) -> Sequence[str]:
        """Return the namespaces in which a thread has checkpoints."""
        query = "SELECT DISTINCT checkpoint_ns FROM checkpoints WHERE thread_id = %s"
        with self._cursor() as cursor:
            cursor.execute(query, (thread_id,))
            return [row["checkpoint_ns"] for row in cursor.fetchall()]

    @override
    def forget_before(self, thread_id: str, namespace: str, checkpoint_id: str) -> None:
        """Forget the older checkpoints of a namespace."""
        with self._cursor() as cursor:
            _forget_older(cursor, thread_id, namespace, "<", checkpoint_id)

    @override
    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread, in one transaction."""
        with self._cursor() as cursor:
            there = "SELECT 1 FROM checkpoints WHERE thread_id = %s LIMIT 1"
            if cursor.execute(there, (target_thread_id,)).fetchone():
                raise occupied(target_thread_id)
            for table, columns in _COPIES.items():
                copied = f"""INSERT INTO {table} (thread_id, {columns})
                    SELECT %s, {columns} FROM {table} WHERE thread_id = %s"""
                cursor.execute(copied.encode(), (target_thread_id, source_thread_id))

    @override
    def forget(self, thread_id: str) -> int:
        """Forget a thread; return how many checkpoints it had."""
        with self._cursor() as cursor:
            for table in ("checkpoint_writes", "checkpoint_blobs"):
                cursor.execute(f"DELETE FROM {table} WHERE thread_id = %s".encode(), (thread_id,))
            cursor.execute(_ALL_OF, (thread_id,))
            return len(cursor.fetchall())

    @override
    def delete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget the checkpoints that some runs made."""
        with self._cursor() as cursor:
            cursor.execute(_OF_RUNS, ([str(run_id) for run_id in run_ids],))
            deleted = cursor.fetchall()
            for row in deleted:
                cursor.execute(_WRITES_OF, (row["thread_id"], row["checkpoint_id"]))
            for thread_id in {row["thread_id"] for row in deleted}:
                cursor.execute(_ORPHANS, (thread_id,))

    @override
    @contextmanager
    def _cursor(self, *, pipeline: bool = True) -> Iterator[Cursor[DictRow]]:
        """Give a cursor inside one transaction; every method of the library asks for one here.

        Args:
            pipeline: Not used: statements are always sent together where the driver can.
        """
        self.conn.open()
        try:
            with (
                self.conn.connection() as connection,
                connection.pipeline() if self.supports_pipeline else nullcontext(),
                _transaction(connection) as cursor,
            ):
                yield cursor
        except Error:
            self.failed()
            raise


def _nobody() -> None:
    """Hear of a failure."""


def open_postgresql_conversations(settings: Settings) -> PostgresConversations:
    """Open the conversations of a database.

    Args:
        settings: Where it is, how many checkpoints of earlier turns a thread keeps, and how long a
            turn may take.

    Raises:
        psycopg.Error: It can't be used.
    """
    wished: dict[str, Any] = {"autocommit": True, "row_factory": dict_row}
    url, patience = settings.database_url, connection_patience(settings)
    with connect(
        url, patience=patience, **wished
    ) as connection:  # a pool would not say what is wrong
        _set_up(connection)
    address, options = driver_options(url)
    wished |= options | parameters(address)
    pool = partial(
        Pool,
        kwargs=wished,
        min_size=0,
        max_size=_MOST_CONNECTIONS,
        timeout=patience,
        check=ConnectionPool.check_connection,
        name="task-relay-conversations",
        connection_class=_Answered,
        open=False,
    )
    return PostgresConversations(pool, settings.keep_checkpoints)


def _forget_older(
    cursor: Cursor[DictRow], thread_id: str, namespace: str, older: LiteralString, than: str
) -> None:
    """Forget checkpoints of a namespace, and what only they needed.

    Args:
        cursor: Inside the transaction.
        thread_id: The thread.
        namespace: The namespace.
        older: How ids are compared: `<` or `<=`.
        than: The id of a checkpoint.
    """
    for table in ("checkpoints", "checkpoint_writes"):
        where = f"thread_id = %s AND checkpoint_ns = %s AND checkpoint_id {older} %s"
        cursor.execute(f"DELETE FROM {table} WHERE {where}".encode(), (thread_id, namespace, than))
    cursor.execute(_ORPHANS, (thread_id,))


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
        if not _value(cursor, "SELECT to_regnamespace(%s)::text", SCHEMA):
            cursor.execute(f"CREATE SCHEMA {SCHEMA}".encode())
        for number in range(_version(cursor) + 1, len(steps)):
            cursor.execute(steps[number].replace(" CONCURRENTLY", "").encode())
            cursor.execute("INSERT INTO checkpoint_migrations (v) VALUES (%s)", (number,))


def _version(cursor: Cursor[DictRow]) -> int:
    """Return the last migration that was run; the first makes the table that tells it."""
    if not _value(cursor, "SELECT to_regclass(%s)::text", "checkpoint_migrations"):
        return -1
    version = _value(cursor, "SELECT max(v) FROM checkpoint_migrations")
    return -1 if version is None else int(version)


def _value(cursor: Cursor[DictRow], query: LiteralString, *values: str) -> Any:
    """Return the one value that a query finds."""
    (value,) = (cursor.execute(query, values).fetchone() or {"none": None}).values()
    return value


@contextmanager
def _transaction(connection: Connection[DictRow]) -> Iterator[Cursor[DictRow]]:
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        cursor.execute(f"SET LOCAL search_path TO {SCHEMA}".encode())
        yield cursor
