"""The graph: who acts next, the model or the tools."""

from typing import TYPE_CHECKING

from .. import lazy_names
from .build import draw
from .confirmation import Decision, answer_to
from .ownership import GuardedGraph, ThreadGuard
from .reply_builder import reply_of
from .run_config import ASK_FIRST, THREAD_NAME, TURN_ENDS
from .stream_events import MODES, events_of
from .turn import answer_again

if TYPE_CHECKING:
    from .middleware.confirm_large_changes import ConfirmLargeChanges

__all__ = [
    "ASK_FIRST",
    "MODES",
    "THREAD_NAME",
    "TURN_ENDS",
    "ConfirmLargeChanges",
    "Decision",
    "GuardedGraph",
    "ThreadGuard",
    "answer_again",
    "answer_to",
    "draw",
    "events_of",
    "reply_of",
]

if not TYPE_CHECKING:  # LangChain's middleware takes long to load; hosts with an agent have it
    __getattr__ = lazy_names(
        __name__, {"middleware.confirm_large_changes": ("ConfirmLargeChanges",)}
    )
