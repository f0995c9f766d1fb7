"""Read what the fields of a foreign file hold, and name the line where one can't be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.errors import TaskRefusal
from app.tasks import Said


@dataclass(frozen=True, slots=True)
class Reading:
    """By whom and when a file is read, and where new UUIDs come from."""

    said: Said
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
    return found.astimezone(UTC)


def due_in_zone(text: str, zone: str | None) -> date | datetime:
    """Return a due as JSON keeps it: a date, or a time with offset beside its zone."""
    if len(text) == len("2026-03-13"):
        return date.fromisoformat(text)
    if not zone:
        raise ValueError(f"{text} has no zone")
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
