"""Sort a list; when no order is asked for, the most urgent task comes first."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case

from ...database import in_code_order
from ...errors import TaskRefusal
from ..model import Status
from .rows import tasks
from .urgency import urgency

BY_URGENCY = "urgency"
_RANKS = {"high": 0, "medium": 1, "low": 2}
_DUE = (
    tasks.c.due_date.is_(None),
    tasks.c.due_date,
    tasks.c.due_utc.is_(None),
    tasks.c.due_utc,
)
_PRIORITY = case(_RANKS, value=tasks.c.priority, else_=3)
_ORDERS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "due": _DUE,
    "priority": (_PRIORITY, *_DUE),
    "created": (tasks.c.created_at.desc(),),
    "completed": (tasks.c.completed_at.is_(None), tasks.c.completed_at.desc()),
    "title": (in_code_order(tasks.c.title_key),),
}


def order_of(sort: str) -> tuple[ColumnElement[Any], ...]:
    """Return what to order by in SQL; by id in the end.

    Raises:
        TaskRefusal: The word is unknown.
    """
    try:
        return (*_ORDERS[sort], tasks.c.id)
    except KeyError:
        words = ", ".join([BY_URGENCY, *_ORDERS])
        raise TaskRefusal(f'sort "{sort[:40]}" not understood. Use one of {words}.') from None


LIGHT_COLUMNS = (
    tasks.c.id,
    tasks.c.status,
    tasks.c.due_date,
    tasks.c.due_utc,
    tasks.c.priority,
    tasks.c.created_at,
)
"""What urgency is made of."""


def by_urgency(
    rows: Iterable[Any],
    waiting: Mapping[int, tuple[int, ...]],
    now: datetime,
    today: date,
) -> list[int]:
    """Return the ids of light rows, open tasks first, the most urgent one at the top.

    Args:
        rows: Rows of `LIGHT_COLUMNS`.
        waiting: The open blockers of each open task that has some.
        now: The instant.
        today: The owner's day.
    """
    blocking = {blocker for blockers in waiting.values() for blocker in blockers}
    keyed = []
    for task_id, status, due, due_at, priority, created_at in rows:
        points = urgency(
            due=due,
            priority=priority,
            age_days=(now - created_at).days,
            blocking=task_id in blocking,
            blocked=task_id in waiting,
            today=today,
        )
        later = (due or date.max, due_at is None, due_at or now, task_id)
        keyed.append((status != Status.OPEN, -points, *later))
    return [key[-1] for key in sorted(keyed)]
