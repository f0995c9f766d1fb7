"""Read Todoist's CSV of one project: indented tasks, and comments below them."""

import re

from ... import Portable
from ..reading import Reading
from .date_cells import due_cell
from .entry import Entry, made
from .rows import records_of
from .todoist_dates import repeats, repetition

_PRIORITIES = {"1": "high", "2": "medium", "3": "low"}
_LABEL = re.compile(r"(?<!\S)@([^\s@]+)(?!\S)")


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.
    """
    entries: list[Entry] = []
    above: list[Entry] = []
    for line, row in records_of(text, reading, "content"):
        kind, content = row.get("type", "").strip().lower(), row["content"].strip()
        if kind == "note" and entries:
            entries[-1].notes.append(content)
        elif kind == "section":
            reading.tell("sections")
        elif kind == "task":
            with reading.entry(line, content):
                level = int(row.get("indent") or 1)
                entry = _entry(row, content, line, reading)
                above[max(level - 1, 0) :] = []
                entry.parent = above[-1] if above else None
                above.append(entry)
                entries.append(entry)
        elif kind and kind != "meta":
            reading.skip(line, content, f'type "{kind[:40]}" not understood.')
    return made(entries, reading)


def _entry(row: dict[str, str], content: str, line: int, reading: Reading) -> Entry:
    when = row.get("date", "").strip()
    repeat, from_completion = repetition(when) if repeats(when) else ("", False)
    notes = [row.get("description", "")]
    notes += [
        f"{name.capitalize()}: {row[name].strip()}"
        for name in ("duration", "deadline", "responsible")
        if row.get(name, "").strip()
    ]
    return Entry(
        _LABEL.sub("", content),
        line,
        due=due_cell(when, reading) if when and not repeat else None,
        repeat=repeat,
        from_completion=from_completion,
        priority=_PRIORITIES.get(row.get("priority", "").strip()),
        tags=_LABEL.findall(content),
        project=reading.file_name,
        notes=notes,
    )
