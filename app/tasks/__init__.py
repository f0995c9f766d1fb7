"""The task domain: what a task is, and the service that tools and commands call.

Nothing here knows a language model. Every call names its owner: a user sees and changes
only tasks of their own, and an id of another user answers like one that doesn't exist.

What reads phrases, and what takes all tasks out and in, is loaded when it is first used: a
list needs neither.
"""

from typing import TYPE_CHECKING

from .. import lazy_names
from . import actions, fields, results
from .dates import format_due
from .model import (
    Days,
    ImportCounts,
    Outcome,
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
from .service import TaskService
from .store import ListQuery, word_matcher
from .task_factory import NewFields, RequestContext, drafted
from .text import is_overdue, repeat_words, task_line

if TYPE_CHECKING:
    from .archive import TaskArchive
    from .dates import check_rule, parse_repeat, resolve_due
    from .quick_line import read_ids, read_task

__all__ = [
    "Answer",
    "Brought",
    "Days",
    "ImportCounts",
    "ListQuery",
    "NewFields",
    "Outcome",
    "Owner",
    "Page",
    "Portable",
    "Priority",
    "Recurrence",
    "RequestContext",
    "Said",
    "Stats",
    "Status",
    "Task",
    "TaskArchive",
    "TaskService",
    "Undone",
    "Wanted",
    "actions",
    "check_rule",
    "drafted",
    "fields",
    "format_due",
    "is_overdue",
    "parse_repeat",
    "read_ids",
    "read_task",
    "repeat_words",
    "resolve_due",
    "results",
    "task_line",
    "word_matcher",
]

Answer = Outcome
Brought = ImportCounts
Said = RequestContext
Wanted = ListQuery
"""Their names of before, for hosts that import them."""

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "archive": ("TaskArchive",),
            "dates": ("check_rule", "parse_repeat", "resolve_due"),
            "quick_line": ("read_ids", "read_task"),
        },
    )
