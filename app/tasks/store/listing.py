"""Answer what a list asks for: filters, order, page; and count."""

from typing import TypedDict

from sqlalchemy import ColumnElement

from ..model import Days, Page, Stats, Status
from ..task_factory import RequestContext
from . import filters
from .queries import TaskRows
from .rows import completions, tasks
from .sorting import BY_URGENCY, order_of

PAGE_SIZE = 20
_LARGEST_OFFSET = 1_000_000


class ListQuery(TypedDict, total=False):
    """What a list is asked for; None and "" count as not given.

    when: today (with what is overdue), today only, overdue, week, upcoming, no_date, all;
        this week, next month; a due phrase; A..B. With `status` done: the day of completion.
    status: open (the default), done, deleted, or all of open and done.
    text: Words of title or notes, or beginnings of words.
    tag, project, priority: Only tasks with it; none for tasks without project or priority.
    sort: urgency (the default for open tasks), due, priority, created, completed, title.
    """

    when: str | None
    status: str | None
    text: str | None
    tag: str | None
    project: str | None
    priority: str | None
    sort: str | None


def listed(
    rows: TaskRows, request: RequestContext, query: ListQuery, offset: int, limit: int
) -> Page:
    """Return a page of tasks.

    Args:
        rows: The owner's tasks.
        request: Who asks, and when.
        query: Filters and order.
        offset: How many tasks come before the page.
        limit: How many tasks it has at most.

    Raises:
        TaskRefusal: A word of a filter isn't understood.
    """
    status = query.get("status") or "open"
    done = filters.statuses(status) == [Status.DONE]
    where, days = _conditions(request, query, status, done)
    sort = (query.get("sort") or ("completed" if done else BY_URGENCY)).strip().lower()
    start = min(max(0, offset), _LARGEST_OFFSET)
    if sort == BY_URGENCY:
        today = request.now.astimezone(request.owner.zone).date()
        page, total = rows.page_by_urgency(where, request.now, today, start, limit)
    else:
        page, total = rows.page(where, order_of(sort), start, limit)
    waiting = rows.waiting()
    instances = {}
    if days is not None:
        within = filters.within(completions.c.completed_at, days, request.owner)
        instances = rows.done_instances(within)
    now = request.now.astimezone(request.owner.zone)
    return Page(
        page,
        total,
        start,
        {task.id: waiting[task.id] for task in page if task.id in waiting},
        {task.id: instances[task.id][0] for task in page if task.id in instances},
        {task.id: instances[task.id][1] for task in page if task.id in instances},
        now,
        _left_out(rows, request, query) if status.strip().lower() == "open" else 0,
    )


def _left_out(rows: TaskRows, request: RequestContext, query: ListQuery) -> int:
    """Return how many open tasks are overdue, where days were asked for in which they aren't."""
    when = (query.get("when") or "all").strip().lower()
    if when in ("all", "no_date", "overdue", "today", ""):
        return 0
    overdue = filters.due_when("overdue", request.owner, request.now, request.due)
    return rows.count(filters.has_status("open"), overdue)


def stats_of(rows: TaskRows, request: RequestContext, period: str) -> Stats:
    """Count how tasks stand, and what was added and done in a period.

    Args:
        rows: The owner's tasks.
        request: Who asks, and when.
        period: As `when` for done tasks; the last seven days when empty.

    Raises:
        TaskRefusal: The period isn't understood.
    """
    owner, now = request.owner, request.now
    days = filters.done_days(period or "week", owner, now, request.due) or Days(None, None)
    is_open = filters.has_status("open")
    done = filters.within(tasks.c.completed_at, days, owner)
    instances = rows.done_instances(filters.within(completions.c.completed_at, days, owner))
    return Stats(
        days=days,
        open=rows.count(is_open),
        overdue=rows.count(is_open, filters.due_when("overdue", owner, now, request.due)),
        due_today=rows.count(
            is_open, filters.due_when(filters.ONLY_TODAY, owner, now, request.due)
        ),
        added=rows.count(
            filters.within(tasks.c.created_at, days, owner),
            tasks.c.status != Status.DELETED.value,
        ),
        completed=rows.count(tasks.c.status == Status.DONE.value, done)
        + sum(count for count, _ in instances.values()),
        by_project=tuple(rows.projects()),
    )


def _conditions(
    request: RequestContext, query: ListQuery, status: str, done: bool
) -> tuple[list[ColumnElement[bool]], Days | None]:
    """Return the conditions, and the days of completion where they are asked for."""
    when, days = query.get("when") or "all", None
    if done:
        days = filters.done_days(when, request.owner, request.now, request.due)
        where = [filters.done_in(days, request.owner)]
    else:
        where = [
            filters.has_status(status),
            filters.due_when(when, request.owner, request.now, request.due),
        ]
    if text := query.get("text"):
        where.append(filters.has_words(text))
    if tag := query.get("tag"):
        where.append(filters.has_tag(tag))
    if project := query.get("project"):
        where.append(filters.in_project(project))
    if priority := query.get("priority"):
        where.append(filters.has_priority(priority))
    return where, days
