"""Read what the fields of a foreign file hold, and name the line where one can't be read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

from ...errors import TaskRefusal
from .. import RequestContext, fields

NOON = time(12)
"""The time of something for which a file has the day only."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry of a file that was left out: where it stands, its title if known, and why."""

    line: int
    title: str
    reason: str


@dataclass(slots=True)
class Report:
    """What became of the entries of a file that didn't come in whole.

    `skipped` were left out by a fault, `told` counts what was left out and is no fault.
    """

    skipped: list[Skipped] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads a file, when, and where new UUIDs come from.

    With a `report` a bad entry is noted there and left out; without, it refuses the file.
    `file_name` is the file's name without its ending, which some programs use for the project.
    """

    request: RequestContext
    new_uuid: Callable[[], UUID]
    report: Report | None = None
    file_name: str = ""

    @contextmanager
    def entry(self, line: int, title: str = "") -> Iterator[None]:
        """Leave an entry out where it can't be used.

        Args:
            line: Where it begins.
            title: What it is called, as far as that is known.

        Raises:
            TaskRefusal: It can't be used, and there is no report.
        """
        try:
            with at_line(line):
                yield
        except TaskRefusal as error:
            if self.report is None:
                raise
            self.skip(line, title, str(error))

    def skip(self, line: int, title: str, reason: str) -> None:
        """Note an entry that is left out by a fault.

        Args:
            line: Where it begins.
            title: What it is called, as far as that is known.
            reason: Why, with or without the line.
        """
        if self.report is not None:
            reason = reason.removeprefix(f"Line {line}").removeprefix(": ").strip()
            reason = reason.removesuffix("Nothing was imported.").strip()
            self.report.skipped.append(Skipped(line, " ".join(title.split())[:80], reason))

    def tell(self, what: str) -> None:
        """Count something that the store can't hold and that is no fault."""
        if self.report is not None:
            self.report.told[what] = self.report.told.get(what, 0) + 1


def lasting_uuid(uid: str) -> UUID:
    """Return the UUID of an id of another program: the same one each time."""
    try:
        return UUID(uid)
    except ValueError:
        return uuid5(NAMESPACE_OID, uid.encode("utf-8", "replace").decode())


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
