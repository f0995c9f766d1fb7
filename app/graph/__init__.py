"""The graph: who acts next, the model or the tools."""

from .build import draw
from .confirmation import Decision, answer_to
from .nodes.end_turn import THREAD_NAME
from .nodes.model_nodes import ASK_FIRST
from .reply_builder import reply_of
from .stream_events import MODES, events_of
from .turn import answer_again

__all__ = [
    "ASK_FIRST",
    "MODES",
    "THREAD_NAME",
    "Decision",
    "answer_again",
    "answer_to",
    "draw",
    "events_of",
    "reply_of",
]
