"""Turn the words of a list's filters into SQL; a word that can't be read is refused."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from app.errors import TaskRefusal
from app.tasks import fields
from app.tasks.model import Owner, Status
from app.tasks.rows import tasks


def due_when(when: str, owner: Owner, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions for `today`, `overdue` or `all`, in the owner's zone."""
    today = now.astimezone(owner.zone).date()
    past = or_(
        and_(tasks.c.due_utc.is_not(None), tasks.c.due_utc < now),
        and_(tasks.c.due_utc.is_(None), tasks.c.due_date < today),
    )
    filters: dict[str, list[ColumnElement[bool]]] = {
        "all": [],
        "today": [tasks.c.due_date == today],
        "overdue": [past],
    }
    try:
        return filters[when.strip().lower()]
    except KeyError:
        raise TaskRefusal(f'when "{when[:40]}" not understood. Use {_words(filters)}.') from None


def has_status(status: str) -> ColumnElement[bool]:
    """Return the condition for `open`, `done`, or `all` of both; deleted ones are never listed."""
    wanted = {
        "open": [Status.OPEN],
        "done": [Status.DONE],
        "all": [Status.OPEN, Status.DONE],
    }
    try:
        return tasks.c.status.in_([one.value for one in wanted[status.strip().lower()]])
    except KeyError:
        raise TaskRefusal(f'status "{status[:40]}" not understood. Use {_words(wanted)}.') from None


def has_tag(tag: str) -> ColumnElement[bool]:
    """Return the condition for a whole tag."""
    (name,) = fields.tags_of([tag]) or ("",)
    return tasks.c.tags.contains(f"|{name}|", autoescape=True)


def _words(options: Iterable[str]) -> str:
    *head, last = options
    return f"{', '.join(head)} or {last}"
