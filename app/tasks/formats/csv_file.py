"""CSV for spreadsheets: a header, then a task a line; open and done tasks."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from ...errors import TaskRefusal
from .. import Portable, Status
from .reading import Reading, lasting_uuid, moment
from .task_from_file import identified, task_from_file

_COLUMNS = (
    *("title", "due", "priority", "project", "tags", "repeat", "notes", "status"),
    *("created_at", "completed_at", "uuid", "parent", "repeat_from"),
)
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


def write(portables: Iterable[Portable], zone: ZoneInfo) -> Iterator[str]:
    """Yield the file line by line.

    Args:
        portables: The tasks.
        zone: In which due times are written.
    """
    yield _line(_COLUMNS)
    for portable in portables:
        task = portable.task
        if task.status is Status.DELETED:
            continue
        due = task.due.astimezone(zone) if isinstance(task.due, datetime) else task.due
        yield _line(
            (
                _safe(task.title),
                due.isoformat(" ")[:16] if isinstance(due, datetime) else str(due or ""),
                task.priority.value if task.priority else "",
                _safe(task.project or ""),
                _safe(" ".join(task.tags)),
                task.repeat.rule if task.repeat else "",
                _safe(task.notes),
                task.status.value,
                task.created_at.isoformat(),
                task.completed_at.isoformat() if task.completed_at else "",
                str(task.uuid),
                str(portable.parent or ""),
                "completion" if task.repeat and task.repeat.from_completion else "",
            )
        )


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file; `title` is the one column that it must have.

    Cells are separated by what the first line has: commas, semicolons or tabs.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: A column or a line can't be used; the text says the line.
    """
    text = text.removeprefix("\ufeff")
    rows = csv.DictReader(io.StringIO(text), strict=True, delimiter=_delimiter(text))
    rows.fieldnames = _columns(rows)
    portables: list[Portable] = []
    following = partial(next, rows, None)
    while True:
        line = rows.line_num + 1
        try:
            row = following()
        except csv.Error as error:
            with reading.entry(line):
                raise TaskRefusal(f"{error}.") from None
            continue
        if row is None:
            return portables
        if any(row.values()):  # spreadsheets end with lines of empty cells
            with reading.entry(line, row.get("title") or ""):
                portables.append(_portable(row, reading, line))


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _columns(rows: "csv.DictReader[str]") -> list[str]:
    try:
        columns = [name.strip().lower() for name in rows.fieldnames or ()]
    except csv.Error as error:
        raise TaskRefusal(f"Line 1 can't be read ({error}). Nothing was imported.") from None
    if "title" not in columns or set(columns) - set(_COLUMNS) or len(set(columns)) < len(columns):
        raise TaskRefusal(
            f"Line 1: the columns must be title and any of {', '.join(_COLUMNS[1:])}, each once. "
            "Nothing was imported."
        )
    return columns


def _portable(row: dict[str, str], reading: Reading, line: int) -> Portable:
    if None in row or None in row.values():
        raise ValueError("it has more or fewer cells than the first line")
    cells = {name: _unsafe(value.strip()) for name, value in row.items()}
    created, completed = cells.get("created_at"), cells.get("completed_at")
    zone = reading.request.owner.zone
    found = task_from_file(
        reading,
        cells["title"],
        line=line,
        status=(cells.get("status") or "open").lower(),
        created_at=moment(created, zone) if created else None,
        completed_at=moment(completed, zone) if completed else None,
        given={
            "due": cells.get("due"),
            "priority": cells.get("priority"),
            "project": cells.get("project"),
            "tags": re.split(r"[\s,;]+", cells.get("tags") or ""),
            "repeat": cells.get("repeat"),
            "notes": cells.get("notes"),
        },
        from_completion=(cells.get("repeat_from") or "").lower() == "completion",
    )
    parent = cells.get("parent")
    return identified(found, cells.get("uuid"), lasting_uuid(parent) if parent else None)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _unsafe(text: str) -> str:
    """Undo `_safe`; any other apostrophe is the text's own."""
    return text[1:] if text.startswith(tuple(f"'{mark}" for mark in (*_FORMULA, "'"))) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
