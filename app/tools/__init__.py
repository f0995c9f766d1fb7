"""What a model may do: the task tools, and who they do it for.

Nothing here knows which model asks.
"""

from .affected_tasks import Write, is_write, write_of
from .call_keys import key_of, naming
from .caller import Context, caller
from .task_tools import TaskTools

__all__ = [
    "Context",
    "TaskTools",
    "Write",
    "caller",
    "is_write",
    "key_of",
    "naming",
    "write_of",
]
