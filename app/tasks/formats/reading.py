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
"""The time of something for which a file has the day only."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads a file, when, and where new UUIDs come from."""

    request: RequestContext
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
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    check_year(at)
    return at.astimezone(UTC)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Return an instant of ISO text as other programs write it: a day only, or no offset.

    Args:
        text: The text; a day alone means its noon.
        zone: In which it is meant where it has no offset.

    Raises:
        ValueError: It is no such text.
    """
    at = datetime.fromisoformat(text)
    if len(text) == len("2026-03-13"):
        at = datetime.combine(at, NOON)
    check_year(at)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def due_in_zone(text: str, zone: str | None) -> date | datetime:
    """Return a due as JSON keeps it.

    Args:
        text: A date, or a time with its offset.
        zone: The name of the time's zone.

    Raises:
        ValueError: It is no such text, or a time without a zone.
    """
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
    return fields.original_words(" ".join(value.split()))


def check_year(when: date) -> None:
    """Refuse the years 1 and 9999: in another zone such a day may not exist in Python.

    Raises:
        ValueError: It is one of them.
    """
    if not date.min.year < when.year < date.max.year:
        raise ValueError(f"the year {when.year} is out of range")
