"""Get every task of a list, for `tasks` and `/tasks`."""

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...tasks import ListQuery, Owner, Page, Task, TaskService

LIST_WORDS = ("today", "overdue", "week", "upcoming", "all")
_AT_ONCE = 500
"""Tasks that one query returns."""


def every_page(service: "TaskService", owner: "Owner", wanted: "ListQuery") -> "Page":
    """Return all matching tasks as one page.

    Args:
        service: Where the tasks are.
        owner: Whose tasks.
        wanted: The filters.

    Raises:
        TaskRefusal: A word of a filter isn't understood.
    """
    tasks: list[Task] = []
    whole = page = service.find(owner, limit=_AT_ONCE, **wanted)
    tasks += page.tasks
    while page.tasks and len(tasks) < page.total:
        page = service.find(owner, offset=len(tasks), limit=_AT_ONCE, **wanted)
        tasks += page.tasks
        whole.blockers.update(page.blockers)
        whole.done_at.update(page.done_at)
    return replace(whole, tasks=tuple(tasks), total=len(tasks))
