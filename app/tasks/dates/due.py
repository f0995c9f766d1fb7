"""Read and write due dates: a closed grammar. A phrase is understood whole or refused.

A phrase is a day (`due_days`), a time of day (`due_times`), both in either order, or a span of
hours from now. Decided once: a time alone that is past today means tomorrow; midnight alone
is the coming one, on a named day its first minute, and of a named night the one in it; morning,
evening and the like only tell which half of the day is meant; a time that the clock skips moves
on by the gap, and of two equal ones the first that is still ahead is meant.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ...errors import TaskRefusal
from .due_days import day_of, is_iso
from .due_forms import format_due, wall_time
from .due_spans import clock_span
from .due_times import END, PART, is_loose, is_midnight, time_of

_FIRST_YEAR, _LAST_YEAR = 2, 9998
_LONGEST = 100
_LEAD = re.compile(r"(?:due )?(?:(?:on|by|for) )?")
_WITH_PART = re.compile(rf"(?P<day>.+?) (?:in the )?{PART}")
_EOD_WORDS = r"(?:by )?(?:eod|(?:the )?end of (?:the )?day)"
_EOD = re.compile(rf"{_EOD_WORDS} (?:on |of )?(?P<a>.+)|(?P<b>.+) {_EOD_WORDS}")


def resolve_due(
    text: str, now: datetime, timezone: ZoneInfo, *, day_first: bool = False
) -> date | datetime:
    """Return the due date that a phrase means.

    Args:
        text: Such as `friday`, `march 15 at 5pm`, `in 3 days`, or an ISO date and time.
        now: The instant it was said, aware.
        timezone: The zone of whoever said it.
        day_first: Whether 12/05 is the twelfth of May, not the fifth of December.

    Returns:
        A `date` for a whole day; an aware `datetime` in `timezone` for a time of day.

    Raises:
        TaskRefusal: The phrase isn't one of the grammar's forms, or no such day exists.
    """
    local = now.astimezone(timezone)
    phrase = _plain(text)
    readings = _readings(phrase, local, timezone, day_first)
    if len(readings) != 1:
        raise TaskRefusal(
            f'due "{text[:80]}" not understood. Use YYYY-MM-DD, YYYY-MM-DD HH:MM, or: today, '
            "tomorrow, friday, next friday, in 3 days, end of month, march 15 at 5pm. "
            f"Today is {format_due(local.date())}."
        )
    return readings.pop()


def read_time(text: str, part: str | None = None) -> time | None:
    """Return the time of day that a text means, or None.

    Args:
        text: Such as `at 5pm`.
        part: The part of the day that was named beside it, such as `evening`.
    """
    return time_of(_plain(text), part)


def _plain(text: str) -> str:
    """Return a phrase in lower case and single spaces, without commas and closing dots."""
    phrase = text.lower().replace("\u2019", "'").replace(",", " ").replace("@", " at ")
    phrase = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", phrase)
    phrase = re.sub(r"(?<=[a-z])\.(?=\s|$)", "", phrase)
    phrase = re.sub(r"(\d{4}-\d\d-\d\d)t(?=\d\d:)", r"\1 ", phrase)
    phrase = " ".join(phrase.split())
    return _LEAD.sub("", phrase, count=1)


def _readings(
    phrase: str, local: datetime, zone: ZoneInfo, day_first: bool
) -> set[date | datetime]:
    """Return every meaning of a phrase; the grammar is such that there is one at most."""
    if not phrase.isascii() or len(phrase) > _LONGEST:
        return set()
    if (span := clock_span(phrase)) is not None:
        later = (local.astimezone(UTC) + span).astimezone(zone)
        return {later.replace(second=0, microsecond=0)}
    words = phrase.split()
    meanings: set[date | datetime] = set()
    for cut in range(len(words) + 1):
        head, tail = " ".join(words[:cut]), " ".join(words[cut:])
        for day, at in ((head, tail), (tail.removeprefix("on "), head)):
            try:
                due = _joined(day, at, local, zone, day_first)
            except (ValueError, OverflowError):
                continue
            if due is not None and _FIRST_YEAR <= due.year <= _LAST_YEAR:
                meanings.add(due)
    return meanings


def _joined(
    day_text: str, at_text: str, local: datetime, zone: ZoneInfo, day_first: bool
) -> date | datetime | None:
    """Return a day with or without a time, or a time with or without a day."""
    day_text, part = _part_of(day_text)
    day = day_of(day_text, local.date(), day_first) if day_text else None
    if day_text and day is None:
        return None
    if not at_text:
        return day
    at = time_of(at_text, part)
    if at is None or (is_iso(day_text) and is_loose(at_text)):
        return None
    if day is None:
        return _coming(at, local, zone)
    if is_midnight(at_text) and (day == local.date() or part == "night"):
        day += timedelta(days=1)
    return wall_time(day, at, zone, after=local)


def _coming(at: time, local: datetime, zone: ZoneInfo) -> datetime:
    """Return when a clock next shows a time: today, or tomorrow if it is past that."""
    if at <= local.time():
        return wall_time(local.date() + timedelta(days=1), at, zone)
    return wall_time(local.date(), at, zone, after=local)


def _part_of(text: str) -> tuple[str, str | None]:
    """Take the part of the day off a day: `tomorrow morning`, `tonight`, `this evening`."""
    if text == "tonight":
        return "today", "night"
    if match := _EOD.fullmatch(text):
        return match["a"] or match["b"], END
    if match := _WITH_PART.fullmatch(text):
        return "today" if match["day"] == "this" else match["day"], match["part"]
    return text, None
