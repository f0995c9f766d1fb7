"""Read what the fields of a foreign file hold, and name the line where one can't be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from ...errors import TaskRefusal
from .. import RequestContext, fields

NOON = time(12)
"""When something was done of which a file tells the day only."""


@dataclass(frozen=True, slots=True)
class Reading:
    """By whom and when a file is read, and where new UUIDs come from."""

    said: RequestContext
    new_uuid: Callable[[], UUID]


@contextmanager
def at_line(line: int) -> Iterator[None]:
    """Say in a refusal which line of the file it is about.

    Raises:
        TaskRefusal: What stands there can't be used.
    """
    try:
        yield
    except TaskRefusal as error:
        raise TaskRefusal(f"Line {line}: {error} Nothing was imported.") from None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise TaskRefusal(f"Line {line} can't be read ({error}). Nothing was imported.") from None


def instant(text: str) -> datetime:
    """Return an instant of ISO text with an offset, in UTC."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    check_year(found)
    return found.astimezone(UTC)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Return an instant of ISO text as other programs write it: a day only, or no offset."""
    found = datetime.fromisoformat(text)
    if len(text) == len("2026-03-13"):
        found = datetime.combine(found, NOON)
    check_year(found)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def due_in_zone(text: str, zone: str | None) -> date | datetime:
    """Return a due as JSON keeps it: a date, or a time with offset beside its zone."""
    due: date | datetime
    if len(text) == len("2026-03-13"):
        due = date.fromisoformat(text)
    elif zone:
        due = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    else:
        raise ValueError(f"{text} has no zone")
    check_year(due)
    return due


def words_of(value: object) -> str | None:
    """Return the words of a person as a task keeps them: on one line, not too long."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:40]} is no text")
    return fields.said_of(" ".join(value.split()))


def check_year(when: date) -> None:
    """Refuse the first and the last year, of which a day may lie outside of time elsewhere."""
    if not date.min.year < when.year < date.max.year:
        raise ValueError(f"the year {when.year} is out of range")
