"""The task domain: what a task is, and the service that tools and commands call.

Nothing here knows a language model. Every call names its owner: a user sees and changes
only tasks of their own, and an id of another user answers like one that doesn't exist.

What reads phrases, and what takes all tasks out and in, is loaded when it is first used: a
list needs neither.
"""

from typing import TYPE_CHECKING, Any

from app.tasks import fields, results
from app.tasks.drafts import NewFields, Said, drafted
from app.tasks.due_forms import format_due
from app.tasks.lines import is_overdue, repeat_words, task_line
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
from app.tasks.service import TaskService

if TYPE_CHECKING:
    from app.tasks.archive import TaskArchive
    from app.tasks.due import resolve_due
    from app.tasks.repeat import check_rule, parse_repeat

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
    "is_overdue",
    "parse_repeat",
    "repeat_words",
    "resolve_due",
    "results",
    "task_line",
]

_HOMES = {
    "TaskArchive": "archive",
    "resolve_due": "due",
    "check_rule": "repeat",
    "parse_repeat": "repeat",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
