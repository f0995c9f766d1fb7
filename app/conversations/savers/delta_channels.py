"""Find out which older checkpoints a checkpoint is still built from.

A LangGraph `DeltaChannel` stores what changed, and now and then all of it. Reading such a channel
walks back from a checkpoint to the nearest one that holds all of it; without those in between
the channel is silently empty (`BaseCheckpointSaver.prune` documents it).
"""

from collections.abc import Callable

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple


def oldest_needed(
    newest: CheckpointTuple, load: Callable[[RunnableConfig], CheckpointTuple | None]
) -> str:
    """Return the id of the oldest checkpoint that `newest` is built from: mostly its own.

    Args:
        newest: The checkpoint that has to stay readable.
        load: Returns the checkpoint that a config names.
    """
    channels = set(newest.metadata.get("counters_since_delta_snapshot") or ())
    at = newest
    while channels := channels - set(at.checkpoint["channel_values"]):
        parent = load(at.parent_config) if at.parent_config else None
        if parent is None:
            break
        at = parent
    return at.checkpoint["id"]
