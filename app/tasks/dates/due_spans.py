"""Read a span such as `2 weeks`, `a month`, `3 business days` or `half an hour`, and apply it."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .calendar_words import NUMBERS, WORKDAY, one_of

_WORDS = rf"an?(?: couple(?: of)?)?|{one_of(NUMBERS)}"
_COUNT = rf"(?:(?P<digits>\d{{1,4}}) ?|(?P<words>{_WORDS}) )"
"""Only digits may touch their unit: the "and" between two spans is no "an d"."""

_DAYS = rf"days?|d|weeks?|wks?|w|fortnights?|months?|years?|{WORKDAY}s?"
_CLOCK_UNIT = r"hours?|hrs?|h|minutes?|mins?"
_ONE = rf"(?:\d{{1,4}} ?|(?:{_WORDS}) )(?:{_DAYS})"
SPAN = rf"{_ONE}(?: (?:and )?{_ONE})?"
"""The pattern of a span of days."""

AHEAD, IN_TIME = "(?:with)?in", "(?:'?s? time)?"
"""What may stand around a span: `within 3 days`, `in a week's time`, `in two weeks' time`."""

_PIECE = re.compile(rf"\b{_COUNT}(?P<unit>{_DAYS})\b")
_CLOCK = re.compile(
    rf"(?:(?P<tenths>\d{{1,3}}\.5) ?|{_COUNT})(?P<halves>and a half )?(?P<unit>{_CLOCK_UNIT})"
    r"(?P<half> and a half)?"
    rf"(?: ?(?:and )?(?P<minutes>\d{{1,2}}) ?(?:min(?:ute)?s?|m))?"
    r"|(?:a )?half (?:an )?hour|(?P<three>three quarters of an hour)"
)
_FROM_NOW = re.compile(rf"{AHEAD} (?P<ahead>.+?){IN_TIME}|(?P<span>.+) from now")
_MONTHS_IN = {"month": 1, "year": 12}
_DAYS_IN = {"d": 1, "day": 1, "w": 7, "wk": 7, "week": 7, "fortnight": 14}


def shifted(day: date, span: str, way: int) -> date:
    """Return the day that lies a span after or before another.

    Args:
        day: The day to count from.
        span: The span, in the pattern of `SPAN`; `day` and `week` mean one.
        way: 1 to count forwards, -1 to count backwards.

    Raises:
        ValueError, OverflowError: There is no such day.
    """
    for piece in _PIECE.finditer(span if span not in ("day", "week") else f"a {span}"):
        count = _number(piece) * way
        unit = piece["unit"] if piece["unit"] in _DAYS_IN else piece["unit"].removesuffix("s")
        if unit in _MONTHS_IN:
            day += relativedelta(months=count * _MONTHS_IN[unit])
        elif unit in _DAYS_IN:
            day += timedelta(days=count * _DAYS_IN[unit])
        else:
            day = _workdays_on(day, count)
    return day


def clock_span(text: str) -> timedelta | None:
    """Return a span of hours and minutes: `in 2 hours`, `half an hour from now`."""
    framed = _FROM_NOW.fullmatch(text)
    match = _CLOCK.fullmatch(framed["ahead"] or framed["span"]) if framed else None
    if match is None:
        return None
    if match["unit"] is None:
        return timedelta(minutes=45 if match["three"] else 30)
    per_unit = 60 if match["unit"].startswith("h") else 1
    parts = sum(match[part] is not None for part in ("halves", "half", "minutes", "tenths"))
    if parts > (1 if per_unit == 60 else 0):
        return None
    count = float(match["tenths"]) if match["tenths"] else _number(match)
    return timedelta(
        minutes=(count + 0.5 * bool(match["half"] or match["halves"])) * per_unit
        + int(match["minutes"] or 0)
    )


def _number(match: re.Match[str]) -> int:
    if match["digits"]:
        return int(match["digits"])
    words = match["words"]
    return NUMBERS.get(words, 2 if "couple" in words else 1)


def _workdays_on(day: date, count: int) -> date:
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.weekday() < 5
    return day
