"""Look up whose the threads are that a request names.

A server knows the threads in its own list. The terminal, the page and other servers keep threads
in the same database, and whoever knows a thread's id may name it anywhere.
"""

import asyncio
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from ..agent import default_agent


async def owners_of(value: Any) -> dict[str, str | None]:
    """Return the threads that a request names, each with its user; None where nobody began it.

    Args:
        value: What the server hands to its rules.
    """
    named = {_canonical(thread) for thread in _named(value)}
    if not named:
        return {}
    container = await default_agent().open_container()

    def look_up() -> dict[str, str | None]:
        keys = container.thread_keys()
        return {key: keys.owner_of(key) for key in named}

    return await asyncio.to_thread(look_up)


def _named(value: Any) -> Iterator[object]:
    """Yield the threads that a request names, in its path or in the config of a run."""
    if not isinstance(value, Mapping):
        return
    if value.get("thread_id") is not None:
        yield value["thread_id"]
    yield from value.get("thread_ids") or ()
    for inner in ("kwargs", "config", "configurable", "checkpoint"):
        yield from _named(value.get(inner))


def _canonical(thread: object) -> str:
    """Return a thread's id as the checkpointer has it, however it is spelt."""
    try:
        return str(uuid.UUID(str(thread)))
    except ValueError:
        return str(thread)
