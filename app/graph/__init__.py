"""The graph: who acts next, the model or the tools."""

from app.graph.build import draw
from app.graph.confirm import Decision, answer_to
from app.graph.ending import THREAD_NAME
from app.graph.nodes import ASK_FIRST
from app.graph.report import reply_of
from app.graph.stream import MODES, events_of
from app.graph.turn import answer_again

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
