"""Keep conversations in a SQLite file, for callers with and without an event loop."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
)
from langgraph.checkpoint.sqlite import SqliteSaver
from typing_extensions import override

from ...database import fork_gate, make_file, patiently, preparing, progress_of
from ...forking import at_fork
from ..storage_errors import CONVERSATIONS_FILE, sqlite_translated
from .pruning import ConversationSaver, occupied
from .serializer import data_serializer

_T = TypeVar("_T")

_SHORT_S = 0.005
"""How long SQLite waits by itself; `patiently` waits on."""
_TABLES = ("checkpoints", "writes")
_NEWEST_GONE = """SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''
    ORDER BY checkpoint_id DESC LIMIT 1 OFFSET ?"""
_OF_A_RUN = """SELECT thread_id, checkpoint_id FROM checkpoints
    WHERE json_extract(CAST(metadata AS TEXT), '$.run_id') = ?"""


class SqliteConversations(ConversationSaver, SqliteSaver):
    """LangGraph's SQLite saver, one call at a time, for callers of any kind.

    Args:
        file: Where they are.
        keep: How many checkpoints of earlier turns a thread keeps.
    """

    def __init__(self, file: Path, keep: int) -> None:
        super().__init__(_connected(file), serde=data_serializer())
        self.keep, self.failed = keep, _nobody
        self._file = file
        self._ended = self._shut = False
        at_fork(
            self,
            before=SqliteConversations._shut_for_fork,
            after_in_child=SqliteConversations._renew,
        )

    @override
    def close(self) -> None:
        """Close the file."""
        self._ended = True
        super().close()

    @override
    @contextmanager
    def cursor(self, transaction: bool = True) -> Iterator[sqlite3.Cursor]:
        """Give a cursor; every method of the library asks for one here.

        Args:
            transaction: Whether to commit at the end.
        """
        with fork_gate.inside():
            with self.lock:
                if self._shut:
                    self.conn, self._shut = _connected(self._file), False
            with super().cursor(transaction) as cursor:
                yield cursor

    @override
    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint, however busy the file is."""
        store = super().put
        return self._wait(lambda: store(config, checkpoint, metadata, new_versions))

    @override
    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a step wrote, however busy the file is."""
        store = super().put_writes
        self._wait(lambda: store(config, writes, task_id, task_path))

    @override
    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a checkpoint, however busy the file is."""
        load = super().get_tuple
        return self._wait(lambda: load(config))

    @override
    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Yield checkpoints, however busy the file is; they are read before the first one."""
        load = super().list
        yield from self._wait(lambda: [*load(config, filter=filter, before=before, limit=limit)])

    @override
    def thread_ids(self) -> Sequence[str]:
        """Return all threads."""

        def read(cursor: sqlite3.Cursor) -> Sequence[str]:
            cursor.execute("SELECT DISTINCT thread_id FROM checkpoints")
            return [thread_id for (thread_id,) in cursor.fetchall()]

        return self._patiently(read)

    @override
    def keep_newest(self, thread_id: str, count: int) -> None:
        """Forget all checkpoints of a thread's root but so many of the newest."""

        def keep(cursor: sqlite3.Cursor) -> None:
            gone = cursor.execute(_NEWEST_GONE, (thread_id, count)).fetchone()
            for table in _TABLES if gone else ():
                older = f"""DELETE FROM {table}
                    WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id <= ?"""
                cursor.execute(older, (thread_id, *gone))

        self._patiently(keep)

    @override
    def namespaces(self, thread_id: str) -> Sequence[str]:
        """Return the namespaces in which a thread has checkpoints."""

        def read(cursor: sqlite3.Cursor) -> Sequence[str]:
            query = "SELECT DISTINCT checkpoint_ns FROM checkpoints WHERE thread_id = ?"
            return [namespace for (namespace,) in cursor.execute(query, (thread_id,))]

        return self._patiently(read)

    @override
    def forget_before(self, thread_id: str, namespace: str, checkpoint_id: str) -> None:
        """Forget the older checkpoints of a namespace."""

        def forget(cursor: sqlite3.Cursor) -> None:
            for table in _TABLES:
                older = f"""DELETE FROM {table}
                    WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id < ?"""
                cursor.execute(older, (thread_id, namespace, checkpoint_id))

        self._patiently(forget)

    @override
    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread, in one transaction."""

        def copy(cursor: sqlite3.Cursor) -> None:
            there = "SELECT 1 FROM checkpoints WHERE thread_id = ? LIMIT 1"
            if cursor.execute(there, (target_thread_id,)).fetchone():
                raise occupied(target_thread_id)
            for table in _TABLES:
                told = cursor.execute("SELECT name FROM pragma_table_info(?)", (table,))
                columns = ", ".join(name for (name,) in told.fetchall() if name != "thread_id")
                cursor.execute(
                    f"""INSERT INTO {table} (thread_id, {columns})
                    SELECT ?, {columns} FROM {table} WHERE thread_id = ?""",
                    (target_thread_id, source_thread_id),
                )

        self._patiently(copy)

    @override
    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """Return what some channels are built from, however busy the file is."""
        load = super().get_delta_channel_history
        return self._wait(lambda: load(config=config, channels=channels))

    @override
    def forget(self, thread_id: str) -> int:
        """Forget a thread; return how many checkpoints it had."""

        def forget(cursor: sqlite3.Cursor) -> int:
            cursor.execute("DELETE FROM writes WHERE thread_id = ?", (thread_id,))
            cursor.execute("DELETE FROM checkpoints WHERE thread_id = ?", (thread_id,))
            return cursor.rowcount

        return self._patiently(forget)

    @override
    def delete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget the checkpoints that some runs made."""
        runs = [str(run_id) for run_id in run_ids]

        def delete(cursor: sqlite3.Cursor) -> None:
            for run_id in runs:
                for checkpoint in cursor.execute(_OF_A_RUN, (run_id,)).fetchall():
                    for table in _TABLES:
                        row = f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id = ?"
                        cursor.execute(row, checkpoint)

        self._patiently(delete)

    def _shut_for_fork(self) -> None:
        if not self._ended:
            self.conn.close()
            self._shut = True

    def _renew(self) -> None:
        self.lock = threading.Lock()

    def _patiently(self, change: Callable[[sqlite3.Cursor], _T]) -> _T:
        """Change something in one transaction, however busy the file is."""

        def once() -> _T:
            with self.cursor() as cursor:
                return change(cursor)

        return self._wait(once)

    def _wait(self, work: Callable[[], _T]) -> _T:
        """Do something, however busy the file is."""
        try:
            return patiently(work, progress=progress_of(self._file))
        except sqlite3.Error:
            self.failed()
            raise


def _nobody() -> None:
    """Hear of a failure."""


def open_sqlite_conversations(directory: Path, keep: int) -> SqliteConversations:
    """Open the conversations of a data directory; a new file gets mode 0600.

    A commit survives the death of the process; after a power cut the last ones may be gone,
    which costs no change of a task.

    Args:
        directory: Where the file is.
        keep: How many checkpoints of earlier turns a thread keeps.

    Raises:
        DatabaseError: It can't be made or opened.
    """
    file = directory / CONVERSATIONS_FILE
    make_file(file)
    with sqlite_translated(directory):
        saver = SqliteConversations(file, keep)
        with preparing(file) if not file.stat().st_size else nullcontext():
            patiently(saver.setup, progress=progress_of(file))
        return saver


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_SHORT_S, check_same_thread=False)
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection
