"""Hold the fixed words for a day: today, end of month, next week, this weekend, ...

Decided once: a week begins on Monday, and its end is Friday, at the weekend Sunday; next week
is its Monday, next month its first day, a weekend its Saturday, on Sunday today.
"""

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _week_end(today: date, weeks: int = 0) -> date:
    if weeks:
        return monday(today) + timedelta(days=4 + 7 * weeks)
    return monday(today) + timedelta(days=4 if today.weekday() <= 4 else 6)


def _later_this_week(today: date) -> date | None:
    if today.weekday() == 6:
        return None
    return monday(today) + timedelta(days=4 if today.weekday() < 4 else 6)


def _weekend(today: date) -> date:
    return today if today.weekday() >= 5 else monday(today) + timedelta(days=5)


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day + relativedelta(day=31)


def _quarter_end(day: date) -> date:
    return day + relativedelta(month=(day.month - 1) // 3 * 3 + 3, day=31)


WORDS: dict[str, Callable[[date], date | None]] = {
    "today": lambda today: today,
    "later today": lambda today: today,
    "tomorrow": lambda today: today + timedelta(days=1),
    "yesterday": lambda today: today - timedelta(days=1),
    "end of day": lambda today: today,
    "end of today": lambda today: today,
    "end of week": _week_end,
    "end of next week": lambda today: _week_end(today, 1),
    "later this week": _later_this_week,
    "later next week": lambda today: _week_end(today, 1),
    "next week": lambda today: monday(today) + timedelta(days=7),
    "this weekend": _weekend,
    "next weekend": lambda today: monday(today) + timedelta(days=12),
    "end of month": month_end,
    "end of next month": lambda today: month_end(today + relativedelta(months=1)),
    "week after next": lambda today: monday(today) + timedelta(days=14),
    "next month": lambda today: today + relativedelta(months=1, day=1),
    "month after next": lambda today: today + relativedelta(months=2, day=1),
    "end of quarter": _quarter_end,
    "end of year": lambda today: today + relativedelta(month=12, day=31),
    "end of next year": lambda today: today + relativedelta(years=1, month=12, day=31),
    "next year": lambda today: today + relativedelta(years=1, month=1, day=1),
}
"""What each of the fixed words for a day means, seen from today."""

for _same, _word in {
    "tmr": "tomorrow",
    "tmrw": "tomorrow",
    "eod": "end of day",
    "end of the day": "end of day",
    "eow": "end of week",
    "end of the week": "end of week",
    "end of this week": "end of week",
    "eom": "end of month",
    "month end": "end of month",
    "end of the month": "end of month",
    "end of this month": "end of month",
    "eoq": "end of quarter",
    "end of the quarter": "end of quarter",
    "eoy": "end of year",
    "end of the year": "end of year",
    "end of this year": "end of year",
    "weekend": "this weekend",
    "at the weekend": "this weekend",
    "over the weekend": "this weekend",
    "early next week": "next week",
    "beginning of next week": "next week",
    "start of next week": "next week",
    "beginning of next month": "next month",
    "start of next month": "next month",
}.items():
    WORDS[_same] = WORDS[_word]
