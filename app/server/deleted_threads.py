"""Take out of a server's list of threads what was deleted behind its back.

LangGraph's server keeps a list of its own, with a copy of what was said last, where no other
process can reach it. So it is done from inside, before a request for threads is answered.
"""

import asyncio
import contextvars
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from langgraph_sdk import get_client
from langgraph_sdk.errors import NotFoundError

from ..agent import default_agent
from ..conversations import DeletedThread, ThreadKeys
from .ownership import on_langgraph

_AT_ONCE = 500
"""Threads that are looked for in one request to the server itself."""

_inside = contextvars.ContextVar("task_relay_dropping", default=False)
"""Whether this is the server's request to itself."""


class DeletedThreads:
    """What was deleted, as far as this server hasn't dropped it yet."""

    def __init__(self) -> None:
        self._seen = 0

    async def drop(self) -> None:
        """Drop the threads that were deleted since the last time, if the server is LangGraph's."""
        if not on_langgraph() or _inside.get():
            return
        container = await default_agent().open_container()
        keys = await asyncio.to_thread(container.thread_keys)
        deleted = await asyncio.to_thread(keys.deleted_after, self._seen)
        if deleted:
            # without this request's context, which says who asks for what
            await asyncio.create_task(_drop(deleted, keys), context=contextvars.Context())
            self._seen = max(self._seen, deleted[-1].number)


deleted_threads = DeletedThreads()


async def _drop(deleted: Sequence[DeletedThread], keys: ThreadKeys) -> None:
    """Drop threads, but for those that somebody has begun again."""
    _inside.set(True)
    async with get_client() as client:
        for first in range(0, len(deleted), _AT_ONCE):
            gone = {thread.key: thread.deleted_at for thread in deleted[first : first + _AT_ONCE]}
            for listed in await client.threads.search(ids=list(gone), limit=_AT_ONCE):
                key = str(listed["thread_id"])
                made_at = datetime.fromisoformat(str(listed["created_at"]))
                again = await asyncio.to_thread(keys.owner_of, key)
                if made_at <= gone[key] and again is None:
                    with suppress(NotFoundError):
                        await client.threads.delete(key)
