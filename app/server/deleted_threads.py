"""Take out of a server's list of threads what was deleted behind its back.

A server keeps a list of its own, LangGraph's with a copy of what was said last, where no other
process can reach it. So it is done from inside, before a request for threads is answered.
"""

import asyncio
import contextvars
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from langgraph_sdk import get_client
from langgraph_sdk.errors import NotFoundError

from ..agent import default_agent
from .ownership import on_langgraph

_AT_ONCE = 500
"""Threads that are looked for at once."""

_inside = contextvars.ContextVar("task_relay_dropping", default=False)
"""Whether this is the server's request to itself."""


class ServersList(Protocol):
    """A server's own list of threads."""

    async def made_at(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """Return which of some threads it has, and since when."""

    async def delete(self, key: str) -> None:
        """Delete a thread, and all that the server keeps of it."""


class DeletedThreads:
    """What was deleted, as far as this server hasn't dropped it yet.

    Args:
        server: The server's list.
    """

    def __init__(self, server: ServersList) -> None:
        self._server = server
        self._seen = 0

    async def drop(self) -> None:
        """Drop the threads that were deleted since the last time."""
        container = await default_agent().open_container()
        keys = await asyncio.to_thread(container.thread_keys)
        deleted = await asyncio.to_thread(keys.deleted_after, self._seen)
        for first in range(0, len(deleted), _AT_ONCE):
            some = {thread.key: thread for thread in deleted[first : first + _AT_ONCE]}
            for key, made_at in (await self._server.made_at(list(some))).items():
                again = made_at > some[key].deleted_at
                if not again and await asyncio.to_thread(keys.owner_of, key) is None:
                    await self._server.delete(key)
        if deleted:
            self._seen = max(self._seen, deleted[-1].number)


class LangGraphsList:
    """The list of LangGraph's server, which asks itself."""

    async def made_at(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """Return which of some threads it has, and since when."""
        async with get_client() as client:
            found = await client.threads.search(ids=list(keys), limit=len(keys))
        return {
            str(thread["thread_id"]): datetime.fromisoformat(str(thread["created_at"]))
            for thread in found
        }

    async def delete(self, key: str) -> None:
        """Delete a thread, its runs and its crons."""
        async with get_client() as client:
            with suppress(NotFoundError):
                await client.threads.delete(key)


_at_langgraph = DeletedThreads(LangGraphsList())


async def drop_deleted() -> None:
    """Drop what was deleted elsewhere, if the server is LangGraph's."""
    if on_langgraph() and not _inside.get():
        # without this request's context, which says who asks for what
        await asyncio.create_task(_drop_inside(), context=contextvars.Context())


async def _drop_inside() -> None:
    _inside.set(True)
    await _at_langgraph.drop()
