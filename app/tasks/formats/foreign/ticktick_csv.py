"""Read TickTick's CSV: a preamble, then tasks with times in UTC and a zone of their own."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ... import Portable
from ..reading import Reading
from .date_cells import instant_of
from .entry import Entry, made
from .rows import records_of

_PRIORITIES = {"5": "high", "3": "medium", "1": "low"}
_OPEN, _DONE = "▫", "▪"


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.
    """
    entries: list[Entry] = []
    for line, row in records_of(text, reading, "taskid"):
        with reading.entry(line, row.get("title", "")):
            entry = _entry(row, line, reading)
            entries.append(entry)
            if row.get("kind", "").upper() == "CHECKLIST":
                entries += _items(row, entry)
        if row.get("reminder", "").strip():
            reading.tell("reminders")
    return made(entries, reading)


def _entry(row: dict[str, str], line: int, reading: Reading) -> Entry:
    try:
        zone = ZoneInfo(row.get("timezone") or str(reading.request.owner.zone))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{row['timezone'][:40]} is no zone") from None
    when = row.get("due date") or row.get("start date")
    at = instant_of(when, zone).astimezone(zone) if when else None
    is_day = row.get("is all day", "").lower() == "true"
    status = row.get("status", "0").strip() or "0"
    if status not in ("0", "1", "2"):
        raise ValueError(f'status "{status[:40]}" not understood')
    checklist = row.get("kind", "").upper() == "CHECKLIST"
    created, done_at, parent = (
        row.get("created time"),
        row.get("completed time"),
        row.get("parentid"),
    )
    home = reading.request.owner.zone
    return Entry(
        row["title"],
        line,
        due=at.date() if at and is_day else at and at.astimezone(home),
        repeat=row.get("repeat", ""),
        priority=_PRIORITIES.get(row.get("priority", "").strip()),
        tags=row.get("tags", "").split(","),
        project=row.get("list name", ""),
        notes=[] if checklist else [row.get("content", "")],
        done=status != "0",
        completed_at=instant_of(done_at, zone) if done_at else None,
        created_at=instant_of(created, zone) if created else None,
        uid=f"ticktick:{row['taskid']}" if row["taskid"] else "",
        parent_uid=f"ticktick:{parent}" if parent else "",
    )


def _items(row: dict[str, str], above: Entry) -> list[Entry]:
    """Return the items of a check list as parts; its other lines go to the notes."""
    items = []
    for text in row.get("content", "").splitlines():
        if text.strip().startswith((_OPEN, _DONE)):
            done = text.strip().startswith(_DONE)
            title = text.strip()[1:]
            items.append(
                Entry(
                    title,
                    above.line,
                    project=above.project,
                    done=done or above.done,
                    completed_at=above.completed_at,
                    parent=above,
                )
            )
        else:
            above.notes.append(text)
    return items
