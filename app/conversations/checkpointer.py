"""Keep conversations in a SQLite file, for callers with and without an event loop."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
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

from app.database import make_file
from app.errors import DatabaseError

_FILE = "conversations.db"
_BUSY_TIMEOUT_S = 10.0


class ConversationSaver(SqliteSaver):
    """LangGraph's SQLite saver, whose asynchronous methods run the plain ones in a thread.

    The library's own asynchronous saver belongs to one event loop; this one serves any
    number of loops and threads, one call at a time.
    """

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


def open_conversations(directory: Path) -> ConversationSaver:
    """Open the conversations of a data directory; a new file gets mode 0600.

    Raises:
        DatabaseError: It can't be made or opened.
    """
    file = directory / _FILE
    make_file(file)
    with translated(directory):
        connection = sqlite3.connect(file, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
        saver = ConversationSaver(connection)
        saver.setup()
        return saver


@contextmanager
def translated(directory: Path) -> Iterator[None]:
    """Turn SQLite's errors into a sentence that names the file of the conversations."""
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseError(
            f"The conversations in {directory / _FILE} can't be used: {error}. "
            "Check that the file is yours and whole, and that no other program holds it."
        ) from error
