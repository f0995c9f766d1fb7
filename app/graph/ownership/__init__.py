"""Whose a thread is, and that nobody else's run begins on it."""

from .guarded_graph import GuardedGraph, ThreadGuard
from .intake import refusal_in
from .thread_owner import FOREIGN_THREAD, Claim, ThreadOwner, claimed, own_thread, owner_in

__all__ = [
    "FOREIGN_THREAD",
    "Claim",
    "GuardedGraph",
    "ThreadGuard",
    "ThreadOwner",
    "claimed",
    "own_thread",
    "owner_in",
    "refusal_in",
]
