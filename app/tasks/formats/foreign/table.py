"""Read any CSV whose header can be matched with fields of ours."""

from ....errors import TaskRefusal
from ... import Portable
from ..reading import Reading
from .date_cells import day_first, due_cell, instant_of
from .entry import Entry, made
from .rows import rows_of

_NAMES = {
    "title": [
        "title",
        "task",
        "name",
        "subject",
        "content",
        "summary",
        "todo",
        "item",
        "description",
        "task_name",
    ],
    "due": ["due", "due date", "due_date", "duedate", "deadline", "date"],
    "priority": ["priority", "importance"],
    "status": ["status", "state", "done", "completed", "complete"],
    "project": ["project", "list", "list name", "folder", "category"],
    "tags": ["tags", "labels", "categories"],
    "notes": ["notes", "note", "details", "comment", "comments", "body"],
    "repeat": ["repeat", "recurrence", "repeats"],
    "completed_at": ["completed at", "completed_at", "completed date", "date completed"],
}
_PRIORITIES = {
    **dict.fromkeys(("high", "p1", "urgent", "!!!", "highest", "critical"), "high"),
    **dict.fromkeys(("medium", "med", "normal", "p2", "!!"), "medium"),
    **dict.fromkeys(("low", "p3", "!", "lowest"), "low"),
}
_DONE = frozenset(("done", "completed", "complete", "x", "yes", "true", "closed", "finished"))


def header_of(cells: list[str]) -> dict[int, str]:
    """Return which column is which field; empty where none is the title."""
    lowered = [cell.strip().lower() for cell in cells]
    columns: dict[int, str] = {}
    for name, spellings in _NAMES.items():
        found = next((word for word in spellings if word in lowered), None)
        if found is not None and lowered.index(found) not in columns:
            columns[lowered.index(found)] = name
    return columns if "title" in columns.values() else {}


def delimiter_of(text: str) -> str:
    """Return what stands between the cells of a file's first lines."""
    head = text[:4000].partition("\n")[0]
    if head.lower().startswith("sep=") and len(head.strip()) == len("sep=;"):
        return head.strip()[-1]
    return max(",;\t", key=head.count)


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: No line of the beginning names a title.
    """
    columns: dict[int, str] = {}
    heads: list[str] = []
    found: list[tuple[int, list[str]]] = []
    for line, cells in rows_of(text, reading, delimiter_of(text)):
        if columns:
            found.append((line, cells))
        elif line < 20:
            columns, heads = header_of(cells), cells
    if not columns:
        raise TaskRefusal(
            "Line 1: no column is called title, task, name or subject. Nothing was imported."
        )
    taken = ", ".join(f"{heads[at].strip()} as {name}" for at, name in columns.items())
    reading.tell(f"columns were read: {taken}")
    dues = [
        cells[at]
        for at, name in columns.items()
        if name == "due"
        for _, cells in found
        if at < len(cells)
    ]
    is_day_first = day_first(dues)
    entries = []
    for line, cells in found:
        if any(cell.strip() for cell in cells):
            row = {
                name: cells[at].strip() if at < len(cells) else "" for at, name in columns.items()
            }
            with reading.entry(line, row["title"]):
                entry = _entry(row, line, reading, is_day_first=is_day_first)
                for at, cell in enumerate(cells):
                    if at not in columns and cell.strip():
                        name = heads[at].strip() if at < len(heads) else ""
                        entry.notes.append(f"{name}: {cell.strip()}" if name else cell.strip())
                entries.append(entry)
    return made(entries, reading)


def _entry(row: dict[str, str], line: int, reading: Reading, *, is_day_first: bool) -> Entry:
    due, done_at, priority = row.get("due"), row.get("completed_at"), row.get("priority", "")
    if priority and priority.lower() not in (*_PRIORITIES, "none"):
        reading.tell(f'the priority "{priority[:20]}"')
    zone = reading.request.owner.zone
    return Entry(
        row["title"],
        line,
        due=due_cell(due, reading, is_day_first=is_day_first) if due else None,
        repeat=row.get("repeat", ""),
        priority=_PRIORITIES.get(priority.lower()),
        tags=row.get("tags", "").replace(";", ",").split(","),
        project=row.get("project", ""),
        notes=[row.get("notes", "")],
        done=row.get("status", "").lower() in _DONE or bool(done_at),
        completed_at=instant_of(done_at, zone) if done_at else None,
    )
