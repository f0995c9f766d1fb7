"""List the formats."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from zoneinfo import ZoneInfo

from .. import Portable
from . import csv_file, ics_file, json_file, todotxt_file
from .foreign import READERS, looks_like
from .reading import Reading


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how it is written, in the days and times of a zone, and read.

    `whole` says that it holds everything, deleted tasks too, so that what is read takes the
    place of the stored task with its UUID.
    """

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[Iterable[Portable], ZoneInfo], Iterable[str]]
    read: Callable[[str, Reading], list[Portable]]
    whole: bool = False


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("json", (".json",), json_file.write, json_file.read, whole=True),
        Format("csv", (".csv",), csv_file.write, csv_file.read),
        Format("todotxt", (".txt",), todotxt_file.write, todotxt_file.read),
        Format("ics", (".ics", ".ical"), ics_file.write, ics_file.read),
    )
}


IMPORTED: Mapping[str, Callable[[str, Reading], list[Portable]]] = {
    **{name: each.read for name, each in FORMATS.items()},
    **READERS,
}
"""What reads each form that comes in: ours, and those of other programs."""


def recognised(text: str, name: str) -> str | None:
    """Return the name of the format of a file that comes in: as it looks, then as it ends; or None.

    Args:
        text: The file.
        name: Its name.
    """
    head = text.lstrip("\ufeff \r\n\t")
    if head[:15].upper() == "BEGIN:VCALENDAR":
        return "ics"
    if found := looks_like(text):
        return found
    ended = format_of(name)
    return ended.name if ended else None


def format_of(name: str) -> Format | None:
    """Return the format that a file's name tells, or None."""
    suffix = PurePath(name).suffix.lower()
    return next((each for each in FORMATS.values() if suffix in each.suffixes), None)
