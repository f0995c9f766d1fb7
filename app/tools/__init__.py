"""What a model may do: the task tools, and who they do it for.

Nothing here knows which model asks.
"""

from .affected_tasks import ChangeFinder, PlannedChange
from .call_keys import key_of, naming
from .caller import Context, SignedInOnly, asking_user, caller
from .data_marks import BEGIN_DATA, END_DATA, as_data
from .declaration import ToolSet, reads, writes
from .host_tools import HostTools
from .task_tools import TaskDependencies, TaskTools
from .unreadable_arguments import sentence_about

__all__ = [
    "BEGIN_DATA",
    "END_DATA",
    "ChangeFinder",
    "Context",
    "HostTools",
    "PlannedChange",
    "SignedInOnly",
    "TaskDependencies",
    "TaskTools",
    "ToolSet",
    "as_data",
    "asking_user",
    "caller",
    "key_of",
    "naming",
    "reads",
    "sentence_about",
    "writes",
]
