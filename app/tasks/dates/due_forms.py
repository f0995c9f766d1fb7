"""Write a due, and put a wall time into its zone; reading a phrase is `due`'s, and loads more."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_SHORT_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def format_due(due: date | datetime) -> str:
    """Write a due date with its weekday: `Fri 2026-03-13` or `Fri 2026-03-13 17:00`."""
    text = f"{_SHORT_WEEKDAYS[due.weekday()]} {due.year:04}-{due.month:02}-{due.day:02}"
    return f"{text} {due:%H:%M}" if isinstance(due, datetime) else text


def wall_time(
    day: date, at: time, timezone: ZoneInfo, *, after: datetime | None = None
) -> datetime:
    """Put a wall time into its zone; one that the clock skips moves on by the gap.

    Args:
        day: The day.
        at: The time of day.
        timezone: The zone.
        after: Where the clock shows the time twice, the first one is meant, unless it isn't
            after this instant.
    """
    aware = datetime.combine(day, at, timezone)
    shown = aware.astimezone(UTC).astimezone(timezone)
    if after is not None and shown.astimezone(UTC) <= after.astimezone(UTC):
        return shown.replace(fold=1)
    return shown
