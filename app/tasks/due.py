"""Read and write due dates. A phrase is understood whole or refused; nothing is guessed."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.errors import TaskRefusal

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_LAST_YEAR = 9998


def resolve_due(text: str, now: datetime, timezone: ZoneInfo) -> date | datetime:
    """Return the due date that a phrase means.

    Args:
        text: An ISO date, an ISO date and time without an offset, `today` or `tomorrow`.
        now: The instant it was said, aware.
        timezone: The zone of whoever said it.

    Returns:
        A `date` for a whole day; an aware `datetime` in `timezone` for a time of day.

    Raises:
        TaskRefusal: The phrase isn't one of these forms, or no such day exists.
    """
    today = now.astimezone(timezone).date()
    phrase = " ".join(text.split()).lower()
    if phrase in ("today", "tomorrow"):
        return today + timedelta(days=phrase == "tomorrow")
    if match := _ISO.fullmatch(phrase.upper()):
        try:
            day = date.fromisoformat(match[1])
            if 1 < day.year <= _LAST_YEAR:
                return _at(day, match[2], timezone) if match[2] else day
        except ValueError:
            pass
    raise TaskRefusal(
        f'due "{text[:80]}" not understood. Use YYYY-MM-DD, YYYY-MM-DD HH:MM, today or tomorrow. '
        f"Today is {format_due(today)}."
    )


def format_due(due: date | datetime) -> str:
    """Write a due date with its weekday: `Fri 2026-03-13` or `Fri 2026-03-13 17:00`."""
    text = f"{_WEEKDAYS[due.weekday()]} {due.year:04}-{due.month:02}-{due.day:02}"
    return f"{text} {due:%H:%M}" if isinstance(due, datetime) else text


def _at(day: date, time: str, timezone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{time}").replace(tzinfo=timezone)
