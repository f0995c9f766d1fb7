"""Delete all of a thread on Aegra: what was said in it, its checkpoints, and Aegra's own rows.

Aegra deletes what its list has. The transcript is ours, and 0.6.0 leaves the checkpoints, so that
whoever makes a thread of that id anew would read them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import delete, select

from ..agent import default_agent
from .deleted_threads import DeletedThreads


async def delete_all_of(thread: str) -> None:
    """Delete what was said in a thread, and its checkpoints in Aegra's tables.

    Args:
        thread: The thread, which Aegra has deleted.
    """
    await _database().get_checkpointer().adelete_thread(thread)
    container = await default_agent().open_container()
    transcript, now = container.transcript(), container.clock.now()
    await asyncio.to_thread(transcript.forget_thread, thread, now)


class AegrasList:
    """Aegra's list of threads, which is in tables of its own."""

    async def made_at(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """Return which of some threads it has, and since when."""
        table = _threads()
        listed = select(table.thread_id, table.created_at).where(table.thread_id.in_(keys))
        async with _database().get_engine().connect() as connection:
            return {row.thread_id: row.created_at for row in await connection.execute(listed)}

    async def delete(self, key: str) -> None:
        """Delete a thread, its runs and its checkpoints."""
        table = _threads()
        async with _database().get_engine().begin() as connection:
            await connection.execute(delete(table).where(table.thread_id == key))
        await _database().get_checkpointer().adelete_thread(key)


at_aegra = DeletedThreads(AegrasList())


def _database() -> Any:
    return import_module("aegra_api.core.database").db_manager


def _threads() -> Any:
    return import_module("aegra_api.core.orm").Thread
