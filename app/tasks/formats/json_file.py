"""JSON: everything that is known of each task, one task a line, keyed by UUID."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from ...errors import TaskRefusal
from .. import Portable, Priority, Recurrence, Status, Task, check_rule, fields
from .reading import Reading, check_year, due_in_zone, instant, words_of

_HEAD = {"format": "task-relay", "version": 1}
_LARGEST_ID = 10**9
"""Leaves numbers for the tasks that come after it."""


def write(portables: Iterable[Portable], zone: ZoneInfo) -> Iterator[str]:
    """Yield the file in pieces.

    Args:
        portables: The tasks.
        zone: Not used: each due keeps its own zone.
    """
    yield json.dumps(_HEAD)[:-1] + ', "tasks": ['
    separator = "\n"
    for portable in portables:
        yield separator + json.dumps(_record(portable), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: It is no such file, or a task in it can't be used; the text says the line.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise TaskRefusal(f"Line {line} is no JSON ({error}). Nothing was imported.") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("tasks"), list):
        raise TaskRefusal(
            'Line 1: this is no export of Task Relay; a list "tasks" is missing. '
            "Nothing was imported."
        )
    portables = []
    uuids: set[UUID] = set()
    for line, record in _with_lines(text, whole["tasks"]):
        title = str(record.get("title", "")) if isinstance(record, dict) else ""
        with reading.entry(line, title):
            portable = replace(_portable(record, reading), line=line)
            if portable.task.uuid in uuids:
                raise TaskRefusal("Two tasks of the file have the same uuid.")
            uuids.add(portable.task.uuid)
            portables.append(portable)
    return portables


def _with_lines(text: str, records: list[Any]) -> Iterator[tuple[int, Any]]:
    """Yield each task with the line on which it begins."""
    decoder = json.JSONDecoder()
    position = text.index("[", text.index('"tasks"')) + 1
    line = text.count("\n", 0, position) + 1
    for record in records:
        start = position
        while text[start] in " \t\r\n,":
            start += 1
        line += text.count("\n", position, start)
        yield line, record
        _, position = decoder.raw_decode(text, start)
        line += text.count("\n", start, position)


def _record(portable: Portable) -> dict[str, Any]:
    task, repeat = portable.task, portable.task.repeat
    timed = task.due if isinstance(task.due, datetime) else None
    return {
        "uuid": str(task.uuid),
        "id": task.id,
        "title": task.title,
        "notes": task.notes,
        "status": task.status.value,
        "priority": task.priority and task.priority.value,
        "tags": list(task.tags),
        "project": task.project,
        "due": task.due and task.due.isoformat(),
        "due_zone": timed and str(timed.tzinfo),
        "due_text": task.due_text,
        "repeat": repeat
        and {
            "rule": repeat.rule,
            "anchor": repeat.anchor.isoformat(),
            "text": repeat.text,
            "from_completion": repeat.from_completion,
        },
        "parent": portable.parent and str(portable.parent),
        "blocked_by": [str(blocker) for blocker in portable.blocked_by],
        "created_at": task.created_at.isoformat(),
        "completed_at": task.completed_at and task.completed_at.isoformat(),
        "completions": [at.isoformat() for at in portable.completions],
    }


def _portable(record: dict[str, Any], reading: Reading) -> Portable:
    """Return the task of a record; what is missing has no value."""
    due, repeat = record.get("due"), record.get("repeat")
    priority, project = record.get("priority"), record.get("project")
    created, completed = record.get("created_at"), record.get("completed_at")
    task_id = record.get("id") or 0
    if not isinstance(task_id, int) or not 0 <= task_id <= _LARGEST_ID:
        raise ValueError(f"{task_id} is no id")
    status = Status(record.get("status") or "open")
    task = Task(
        id=task_id,
        uuid=UUID(record["uuid"]) if record.get("uuid") else reading.new_uuid(),
        title=fields.title_of(record["title"]),
        status=status,
        created_at=instant(created) if created else reading.request.now,
        notes=fields.notes_of(record.get("notes") or ""),
        priority=Priority(priority) if priority else None,
        tags=fields.tags_of(_list(record, "tags")),
        project=fields.project_of(project) if project else None,
        due=due_in_zone(due, record.get("due_zone")) if due else None,
        due_text=words_of(record.get("due_text")),
        repeat=_recurrence(repeat) if repeat else None,
        completed_at=instant(completed) if completed else None,
    )
    return Portable(
        task,
        UUID(record["parent"]) if record.get("parent") else None,
        tuple(UUID(blocker) for blocker in _list(record, "blocked_by")),
        tuple(instant(at) for at in _list(record, "completions")),
    )


def _list(record: dict[str, Any], name: str) -> list[Any]:
    values = record.get(name) or []
    if not isinstance(values, list):
        raise TypeError(f"{name} is no list")
    return values


def _recurrence(repeat: dict[str, Any]) -> Recurrence:
    anchor = datetime.fromisoformat(repeat["anchor"])
    check_year(anchor)
    if anchor.tzinfo is not None:
        raise ValueError("the anchor of a repeat is a wall time without an offset")
    text = words_of(repeat.get("text")) or ""
    return Recurrence(check_rule(repeat["rule"]), anchor, text, bool(repeat["from_completion"]))
