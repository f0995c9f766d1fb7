"""Read a date as spreadsheets and programs write it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..reading import Reading, check_year

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d\d)")
_NAMED = ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y")
_FIRST_DAY_OF_SHEETS = date(1899, 12, 30)


def instant_of(text: str, zone: ZoneInfo) -> datetime:
    """Return an instant; without an offset it is of the zone.

    Args:
        text: ISO text, or the compact form of calendars.
        zone: In which it is meant where it has no offset.

    Raises:
        ValueError: It is no such text.
    """
    compact = _COMPACT.fullmatch(text)
    if compact and compact[4]:
        at = datetime(*map(int, compact.groups()[:6]), tzinfo=UTC if compact[7] else zone)  # type: ignore[misc, arg-type]
    else:
        at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
        at = at if at.tzinfo else at.replace(tzinfo=zone)
    check_year(at)
    return at


def day_or_time(at: datetime, zone: ZoneInfo) -> date | datetime:
    """Return the day of an instant that is midnight in a zone, else the time there.

    Args:
        at: The instant.
        zone: Whose midnight counts.
    """
    local = at.astimezone(zone)
    return local.date() if local.time() == time() else local


def day_first(cells: list[str]) -> bool:
    """Say whether the dates of a column can only be read with the day first."""
    found = [match for cell in cells if (match := _SLASHED.match(cell.strip()))]
    return any(int(match[1]) > 12 for match in found)


def due_cell(text: str, reading: Reading, *, is_day_first: bool = False) -> date | datetime:
    """Return the due of a cell: a known form of date, or a phrase.

    Args:
        text: The cell.
        reading: Who reads it, and when.
        is_day_first: Whether 3/4/2026 is the third of April.

    Raises:
        TaskRefusal: It is none.
    """
    text = " ".join(text.split())
    zone = reading.request.owner.zone
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", text) or _COMPACT.fullmatch(text):
        compact = _COMPACT.fullmatch(text)
        if compact and not compact[4]:
            return date(int(compact[1]), int(compact[2]), int(compact[3]))
        return instant_of(text, zone).astimezone(zone)
    if re.fullmatch(r"[2-8]\d{4}", text):
        return _FIRST_DAY_OF_SHEETS + timedelta(days=int(text))
    if match := _SLASHED.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if is_day_first or "." in text or reading.request.day_first:
            first, second = second, first
        if first > 12:
            first, second = second, first
        due = date(year + 2000 if year < 100 else year, first, second)
        check_year(due)
        return due
    for form in _NAMED:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day alone
        except ValueError:
            continue
    return reading.request.due(text)
