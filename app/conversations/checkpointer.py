"""Keep conversations in a SQLite file, for callers with and without an event loop."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.sqlite import SqliteSaver

from app.conversations.failures import CONVERSATIONS_FILE, translated
from app.database import make_file, patiently

_SHORT_S = 0.005
"""How long SQLite waits by itself; `patiently` waits on."""
_MARK = """SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''
    ORDER BY checkpoint_id DESC LIMIT 1 OFFSET ?"""
_OF_RUNS = """SELECT thread_id, checkpoint_id FROM checkpoints
    WHERE json_extract(CAST(metadata AS TEXT), '$.run_id') = ?"""


class ConversationSaver(SqliteSaver):
    """LangGraph's SQLite saver, whose asynchronous methods run the plain ones in a thread.

    The library's own asynchronous saver belongs to one event loop; this one serves any
    number of loops and threads, one call at a time. When a turn begins, the checkpoints of
    the thread's earlier turns go, but for the newest.

    Args:
        connection: The open file.
        keep: How many checkpoints of earlier turns stay.
    """

    def __init__(self, connection: sqlite3.Connection, keep: int) -> None:
        super().__init__(connection)
        self._keep = keep

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; with the first one of a turn, forget the old ones."""
        store = super().put
        stored = patiently(lambda: store(config, checkpoint, metadata, new_versions))
        if metadata.get("source") == "input":
            patiently(lambda: self._prune(str(config["configurable"]["thread_id"]), self._keep))
        return stored

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a step wrote, however busy the file is."""
        store = super().put_writes
        patiently(lambda: store(config, writes, task_id, task_path))

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a checkpoint, however busy the file is."""
        load = super().get_tuple
        return patiently(lambda: load(config))

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all checkpoints of threads, or with `keep_latest` all but the newest."""
        for thread_id in thread_ids:
            if strategy == "delete_all":
                self.delete_thread(str(thread_id))
            else:
                self._prune(str(thread_id), 0)

    def forget(self, thread_id: str) -> int:
        """Forget a thread; return how many checkpoints it had."""
        with self.cursor() as cursor:
            cursor.execute("DELETE FROM writes WHERE thread_id = ?", (thread_id,))
            cursor.execute("DELETE FROM checkpoints WHERE thread_id = ?", (thread_id,))
            return cursor.rowcount

    def delete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget the checkpoints that some runs made."""
        with self.cursor() as cursor:
            for run_id in run_ids:
                for found in cursor.execute(_OF_RUNS, (str(run_id),)).fetchall():
                    for table in ("checkpoints", "writes"):
                        cursor.execute(
                            f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id = ?", found
                        )

    def _prune(self, thread_id: str, keep: int) -> None:
        """Forget what is older than the newest checkpoint and so many before it."""
        with self.cursor() as cursor:
            oldest_gone = cursor.execute(_MARK, (thread_id, keep + 1)).fetchone()
            for table in ("checkpoints", "writes") if oldest_gone else ():
                cursor.execute(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id <= ?",
                    (thread_id, *oldest_gone),
                )

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Do `get_tuple` in a thread."""
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Do `list` in a thread."""
        for found in await asyncio.to_thread(
            lambda: list(self.list(config, filter=filter, before=before, limit=limit))
        ):
            yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Do `put` in a thread."""
        return await asyncio.to_thread(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Do `put_writes` in a thread."""
        await asyncio.to_thread(self.put_writes, config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        """Do `delete_thread` in a thread."""
        await asyncio.to_thread(self.delete_thread, thread_id)

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Do `delete_for_runs` in a thread."""
        await asyncio.to_thread(self.delete_for_runs, run_ids)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Do `prune` in a thread."""
        await asyncio.to_thread(self.prune, thread_ids, strategy=strategy)


def open_conversations(directory: Path, keep: int) -> ConversationSaver:
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
    with translated(directory):
        connection = sqlite3.connect(file, timeout=_SHORT_S, check_same_thread=False)
        connection.execute("PRAGMA synchronous = NORMAL")
        saver = ConversationSaver(connection, keep)
        patiently(saver.setup)
        return saver
