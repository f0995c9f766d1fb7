"""The task domain: what a task is, and the service that tools and commands call.

Nothing here knows a language model. Every call names its owner: a user sees and changes
only tasks of their own, and an id of another user answers like one that doesn't exist.
"""

from app.tasks import fields
from app.tasks.archive import TaskArchive
from app.tasks.drafts import NewFields, Said, drafted
from app.tasks.due import format_due, resolve_due
from app.tasks.lines import task_line
from app.tasks.listing import Wanted
from app.tasks.model import (
    Answer,
    Brought,
    Days,
    Owner,
    Page,
    Portable,
    Priority,
    Recurrence,
    Stats,
    Status,
    Task,
    Undone,
)
from app.tasks.repeat import check_rule, parse_repeat
from app.tasks.service import TaskService

__all__ = [
    "Answer",
    "Brought",
    "Days",
    "NewFields",
    "Owner",
    "Page",
    "Portable",
    "Priority",
    "Recurrence",
    "Said",
    "Stats",
    "Status",
    "Task",
    "TaskArchive",
    "TaskService",
    "Undone",
    "Wanted",
    "check_rule",
    "drafted",
    "fields",
    "format_due",
    "parse_repeat",
    "resolve_due",
    "task_line",
]
