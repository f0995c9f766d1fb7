"""What a model may do: the task tools, and who they do it for.

Nothing here knows which model asks.
"""

from app.tools.caller import Context, caller
from app.tools.calls import key_of, naming
from app.tools.tasks import TaskTools
from app.tools.writes import Write, is_write, write_of

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
