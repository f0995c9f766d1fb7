"""The agent's graph: who acts next, the model or the tools."""

from app.graph.build import draw
from app.graph.nodes import ATTEMPTS, NO_MODEL, Parts
from app.graph.turn import current_turn, last_answer

__all__ = ["ATTEMPTS", "NO_MODEL", "Parts", "current_turn", "draw", "last_answer"]
