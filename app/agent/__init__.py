"""The one place that wires: settings in; the graph, its parts for hosts, and answers out."""

from .agent import Agent, default_agent
from .chat_model import ChatRelay
from .entry_points import build_graph, confirm, process_message
from .host_parts import confirm_large_changes, task_tools

__all__ = [
    "Agent",
    "ChatRelay",
    "build_graph",
    "confirm",
    "confirm_large_changes",
    "default_agent",
    "process_message",
    "task_tools",
]
