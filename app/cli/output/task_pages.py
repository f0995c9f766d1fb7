"""Get every task of a list, for `tasks` and `/tasks`."""

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...tasks import ListQuery, Owner, Page, Task, TaskService

WHENS = ("today", "overdue", "week", "upcoming", "all")
_AT_ONCE = 500


def every_page(service: "TaskService", owner: "Owner", wanted: "ListQuery") -> "Page":
    """Return all matching tasks as one page.

    Raises:
        TaskRefusal: A word of a filter isn't understood.
    """
    found: list[Task] = []
    whole = page = service.find(owner, limit=_AT_ONCE, **wanted)
    found += page.tasks
    while page.tasks and len(found) < page.total:
        page = service.find(owner, offset=len(found), limit=_AT_ONCE, **wanted)
        found += page.tasks
        whole.blockers.update(page.blockers)
        whole.done_at.update(page.done_at)
    return replace(whole, tasks=tuple(found), total=len(found))
