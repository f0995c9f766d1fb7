"""Read the days that a list or a count is asked for: a word, a due phrase, or `A..B`."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from ...errors import TaskRefusal
from ..dates import monday
from ..model import Days

_LAST_DAYS = re.compile(r"(?:the )?(?:last|past) (\d{1,3}) days")
ReadDue = Callable[[str], date | datetime]
"""Reads a due phrase, in the zone and at the time of whoever said it."""


def days_of(text: str, today: date, read: ReadDue) -> Days:
    """Return the days that a text means.

    Args:
        text: `this week`, `last month`, a due phrase, `A..B` with an open end or without.
        today: The person's day.
        read: Reads a due phrase.

    Raises:
        TaskRefusal: It isn't understood.
    """
    words = " ".join(text.lower().split())
    if words in _SPANS:
        first, last = _SPANS[words](today)
        return Days(first, last)
    if match := _LAST_DAYS.fullmatch(words):
        return Days(today - timedelta(days=max(1, int(match[1])) - 1), today)
    if ".." in words:
        start, _, end = words.partition("..")
        days = Days(_day(start, read), _day(end.lstrip("."), read))
        if days.first and days.last and days.first > days.last:
            raise TaskRefusal(f'"{text[:60]}" ends before it begins. Send the earlier day first.')
        return days
    day = _day(words, read)
    return Days(day, day)


def _day(text: str, read: ReadDue) -> date | None:
    if not text.strip():
        return None
    due = read(text)
    return due.date() if isinstance(due, datetime) else due


def _week(today: date, weeks: int) -> tuple[date, date]:
    first = monday(today) + timedelta(weeks=weeks)
    return first, first + timedelta(days=6)


def _month(today: date, months: int) -> tuple[date, date]:
    first = today + relativedelta(months=months, day=1)
    return first, first + relativedelta(day=31)


def _year(today: date, years: int) -> tuple[date, date]:
    first = today + relativedelta(years=years, month=1, day=1)
    return first, first + relativedelta(month=12, day=31)


def _weekend(today: date) -> tuple[date, date]:
    saturday = monday(today) + timedelta(days=5)
    return saturday, saturday + timedelta(days=1)


_SPANS: dict[str, Callable[[date], tuple[date, date]]] = {
    "this week": lambda today: _week(today, 0),
    "next week": lambda today: _week(today, 1),
    "last week": lambda today: _week(today, -1),
    "this month": lambda today: _month(today, 0),
    "next month": lambda today: _month(today, 1),
    "last month": lambda today: _month(today, -1),
    "this year": lambda today: _year(today, 0),
    "last year": lambda today: _year(today, -1),
    "this weekend": _weekend,
}
