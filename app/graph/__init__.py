"""The agent's graph: who acts next, the model or the tools."""

from app.graph.build import draw
from app.graph.report import reply_of

__all__ = ["draw", "reply_of"]
