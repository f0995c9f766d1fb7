"""The graph: who acts next, the model or the tools."""

from .build import draw
from .confirmation import Decision, answer_to
from .reply_builder import reply_of
from .run_config import ASK_FIRST, THREAD_NAME
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
