"""Tell a thread of our own graph from one of another graph that the same checkpointer serves."""

from langgraph.checkpoint.base import Checkpoint

NODES = frozenset(
    {
        "begin_turn",
        "call_model",
        "weigh",
        "confirm",
        "run_tools",
        "stop",
        "end_turn",
        "refuse",
    }
)
"""The nodes of our graph. Stored threads name those that ran in them."""

_FIRST = "begin_turn"


def is_own(checkpoint: Checkpoint) -> bool:
    """Say whether a checkpoint belongs to a thread in which our graph ran, and no other one.

    It is told by the nodes that ran so far, so a thread in which nothing ran yet is nobody's.
    LangGraph's own entries have names that begin with two underscores.
    """
    ran = {name for name in checkpoint["versions_seen"] if not name.startswith("__")}
    return _FIRST in ran and ran <= NODES
