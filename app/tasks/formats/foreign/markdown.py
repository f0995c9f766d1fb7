"""Read Markdown's check lists, with the signs of Obsidian's Tasks; headings are projects."""

import re

from ... import Portable
from ..reading import Reading
from .date_cells import instant_of
from .entry import Entry, made

_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)]) \[(?P<mark>.)\] (?P<text>.*)")
_HEADING = re.compile(r"#{1,6} +(?P<title>.*\S)")
_DATED = re.compile(r"\s*(?P<sign>[📅⏳🛫➕✅❌])\ufe0f? ?(?P<day>\d{4}-\d\d-\d\d)")  # noqa: RUF001
_REPEAT = re.compile(r"\s*🔁\ufe0f? ?(?P<words>[A-Za-z0-9 ,]*)")
_TAG = re.compile(r"(?<!\S)#([\w/-]+)(?!\S)")
_PRIORITIES = {"🔺": "high", "⏫": "high", "🔼": "medium", "🔽": "low", "⏬": "low"}
_TOLD = {"⏳": "Scheduled", "🛫": "Start"}


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file; prose is none.

    Args:
        text: The file.
        reading: Who reads it, and when.
    """
    entries: list[Entry] = []
    above: list[tuple[int, Entry]] = []
    project = ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if heading := _HEADING.fullmatch(line):
            project, above = heading["title"], []
        item = _ITEM.fullmatch(line.rstrip())
        if item is None:
            continue
        if item["mark"] == "-":
            reading.tell("cancelled tasks")
            continue
        with reading.entry(number, item["text"]):
            depth = len(item["indent"].expandtabs(4))
            above = [each for each in above if each[0] < depth]
            entry = _entry(item["text"], number, reading)
            entry.project, entry.parent = project, above[-1][1] if above else None
            entry.done = item["mark"] in "xX"
            above.append((depth, entry))
            entries.append(entry)
    return made(entries, reading)


def _entry(text: str, number: int, reading: Reading) -> Entry:
    days = {match["sign"]: match["day"] for match in _DATED.finditer(text)}
    text = _DATED.sub(" ", text)
    repeat = _REPEAT.search(text)
    words = " ".join(repeat["words"].split()) if repeat else ""
    text = _REPEAT.sub(" ", text)
    priority = next((level for sign, level in _PRIORITIES.items() if sign in text), None)
    for sign in _PRIORITIES:
        text = text.replace(sign, " ")
    zone = reading.request.owner.zone
    done, created = days.get("✅"), days.get("➕")  # noqa: RUF001 - the sign of a day of creation
    return Entry(
        _TAG.sub(" ", text),
        number,
        due_words=days.get("📅", ""),
        repeat=words.removesuffix("when done").strip(),
        from_completion=words.endswith("when done"),
        priority=priority,
        tags=_TAG.findall(text),
        notes=[f"{name}: {days[sign]}" for sign, name in _TOLD.items() if sign in days],
        completed_at=instant_of(f"{done}T12:00", zone) if done else None,
        created_at=instant_of(f"{created}T12:00", zone) if created else None,
    )
