"""Delete all of a thread that Aegra deletes: what was said in it, and its checkpoints.

Aegra deletes what its list has. The transcript is ours, and 0.6.0 leaves the checkpoints, so that
whoever makes a thread of that id anew would read them.
"""

import asyncio
from importlib import import_module

from ..agent import default_agent


async def delete_all_of(thread: str) -> None:
    """Delete what was said in a thread, and its checkpoints in Aegra's tables.

    Args:
        thread: The thread, which Aegra has deleted.
    """
    await (
        import_module("aegra_api.core.database")
        .db_manager.get_checkpointer()
        .adelete_thread(thread)
    )
    container = await default_agent().open_container()
    transcript, now = container.transcript(), container.clock.now()
    await asyncio.to_thread(transcript.forget_thread, thread, now)
