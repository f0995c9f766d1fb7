"""Turn the words of a list's filters into SQL; a word that can't be read is refused."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, or_, true

from ...errors import TaskRefusal
from .. import fields
from ..model import Days, Owner, Status
from .rows import completions, tasks
from .search import patterns

if TYPE_CHECKING:
    from .day_filters import ReadDue

Condition = ColumnElement[bool]
_DUE_WORDS = ("today", "overdue", "week", "upcoming", "no_date", "all")
_TODAY = ("today", "today or overdue", "overdue or today", "today and overdue", "overdue and today")
ONLY_TODAY = "today only"
_DONE_WORDS = {"week": "last 7 days", ONLY_TODAY: "today"}


def due_when(when: str, owner: Owner, now: datetime, read: "ReadDue") -> Condition:
    """Return the condition on the due.

    Args:
        when: `today` (with what is overdue, for that is what people mean), `today only`, `overdue`,
            `week` (seven days from today on), `upcoming`, `no_date`, `all`; a span such as
            `next month`, a due phrase, or `A..B`.
        owner: Whose tasks; their zone says which day it is.
        now: The instant of the request.
        read: Reads a due phrase.

    Raises:
        TaskRefusal: It isn't understood.
    """
    today = now.astimezone(owner.zone).date()
    word = when.strip().lower()
    if word in ("all", ""):
        return true()
    if word == "no_date":
        return tasks.c.due_date.is_(None)
    overdue = or_(
        and_(tasks.c.due_utc.is_not(None), tasks.c.due_utc < now),
        and_(tasks.c.due_utc.is_(None), tasks.c.due_date < today),
    )
    if word == "overdue":
        return overdue
    if word in _TODAY:
        late = and_(tasks.c.status == Status.OPEN.value, overdue)
        return or_(late, _between(Days(today, today)))
    if word == ONLY_TODAY:
        return _between(Days(today, today))
    if word == "week":
        return _between(Days(today, today + timedelta(days=6)))
    if word == "upcoming":
        return _between(Days(today + timedelta(days=1), None))
    from .day_filters import days_of

    try:
        return _between(days_of(when, today, read))
    except TaskRefusal as error:
        raise TaskRefusal(
            f'when "{when[:40]}" not understood. Use {_words(_DUE_WORDS)}, this week, next month, '
            f"a due phrase, or A..B. ({error})"
        ) from None


def done_days(when: str, owner: Owner, now: datetime, read: "ReadDue") -> Days | None:
    """Return the days of completion that a text asks for; None for all.

    Args:
        when: `week` (the last seven days), `all`; a span such as `last month`, a due phrase,
            or `A..B`.
        owner: Whose tasks; their zone says which day it is.
        now: The instant of the request.
        read: Reads a due phrase.

    Raises:
        TaskRefusal: It isn't understood, or lies ahead.
    """
    today = now.astimezone(owner.zone).date()
    word = when.strip().lower()
    if word in ("all", ""):
        return None
    if word in ("overdue", "upcoming", "no_date"):
        raise TaskRefusal(
            f'when "{word}" means nothing for done tasks, which are asked for by their day of '
            "completion. Use today, yesterday, last week, this month, or A..B."
        )
    from .day_filters import days_of

    days = days_of(_DONE_WORDS.get(word, when), today, read)
    if days.first is not None and days.first > today:
        raise TaskRefusal(
            f'"{when[:40]}" lies ahead, so nothing can be done then yet. '
            "Send a past day as YYYY-MM-DD."
        )
    return days


def done_in(days: Days | None, owner: Owner) -> Condition:
    """Return the condition for tasks done in a span of days, or a repeating one once in it.

    Args:
        days: The days; None for all.
        owner: Whose days they are.
    """
    if days is None:
        return tasks.c.status == Status.DONE.value
    instance = exists().where(
        completions.c.user_id == tasks.c.user_id,
        completions.c.task_id == tasks.c.id,
        within(completions.c.completed_at, days, owner),
    )
    whole = and_(tasks.c.status == Status.DONE.value, within(tasks.c.completed_at, days, owner))
    return or_(whole, and_(tasks.c.status != Status.DELETED.value, instance))


def within(column: ColumnElement[datetime], days: Days, owner: Owner) -> Condition:
    """Return the condition that an instant lies in a span of days.

    Args:
        column: The instant.
        days: The days, both ends counted.
        owner: Whose days they are; their zone says when a day begins.
    """
    bounds: list[Condition] = [true()]
    if days.first is not None:
        bounds.append(column >= _begin(days.first, owner))
    if days.last is not None:
        bounds.append(column < _begin(days.last + timedelta(days=1), owner))
    return and_(*bounds)


def has_status(status: str) -> Condition:
    """Return the condition for `open`, `done`, `deleted`, or `all` of the first two."""
    return tasks.c.status.in_([each.value for each in statuses(status)])


def statuses(status: str) -> list[Status]:
    """Return the statuses that a word means."""
    known = {
        "open": [Status.OPEN],
        "done": [Status.DONE],
        "deleted": [Status.DELETED],
        "all": [Status.OPEN, Status.DONE],
    }
    try:
        return known[status.strip().lower()]
    except KeyError:
        raise TaskRefusal(f'status "{status[:40]}" not understood. Use {_words(known)}.') from None


def has_tag(tag: str) -> Condition:
    """Return the condition for a whole tag."""
    (name,) = fields.tags_of([tag]) or ("",)
    return tasks.c.tags.contains(f"|{name}|", autoescape=True)


def in_project(project: str) -> Condition:
    """Return the condition for a project, in any spelling; `none` for tasks without one."""
    if fields.clears(project):
        return tasks.c.project.is_(None)
    return tasks.c.project_key == fields.project_key(fields.project_of(project))


def has_priority(priority: str) -> Condition:
    """Return the condition for a priority; `none` for tasks without one."""
    if fields.clears(priority):
        return tasks.c.priority.is_(None)
    return tasks.c.priority == fields.priority_of(priority).value


def has_words(text: str) -> Condition:
    """Return the condition that title and notes hold all these words, or words beginning so."""
    return and_(*(tasks.c.search.contains(part, autoescape=True) for part in patterns(text)))


def _between(days: Days) -> Condition:
    bounds: list[Condition] = [tasks.c.due_date.is_not(None)]
    if days.first is not None:
        bounds.append(tasks.c.due_date >= days.first)
    if days.last is not None:
        bounds.append(tasks.c.due_date <= days.last)
    return and_(*bounds)


def _begin(day: date, owner: Owner) -> datetime:
    return datetime.combine(day, time(), owner.zone)


def _words(options: Iterable[str]) -> str:
    *head, last = options
    return f"{', '.join(head)} or {last}"
