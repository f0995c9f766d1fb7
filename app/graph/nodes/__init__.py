"""The steps of the graph."""

from .begin_turn import BeginTurn
from .end_turn import EndTurn
from .model_nodes import ModelNode
from .tool_nodes import ToolNodes

__all__ = ["BeginTurn", "EndTurn", "ModelNode", "ToolNodes"]
