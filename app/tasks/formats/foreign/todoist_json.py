"""Read Todoist's JSON, where priority 4 is the highest and 1 is none."""

from datetime import date
from typing import Any

from ... import Portable
from ..reading import Reading
from .date_cells import instant_of
from .entry import Entry, made
from .records import objects, parsed
from .todoist_dates import repetition

_PRIORITIES = {4: "high", 3: "medium", 2: "low"}


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: It is no JSON.
    """
    whole = parsed(text, reading)
    found = whole if isinstance(whole, dict) else {"items": whole}
    projects = {str(one.get("id")): str(one.get("name")) for one in objects(found.get("projects"))}
    entries = []
    for number, item in enumerate(objects(found.get("items") or found.get("tasks")), 1):
        if item.get("is_deleted"):
            reading.tell("deleted tasks")
            continue
        with reading.entry(number, str(item.get("content", ""))):
            entries.append(_entry(item, projects, number, reading))
        if item.get("section_id"):
            reading.tell("sections")
    return made(entries, reading)


def _entry(item: dict[str, Any], projects: dict[str, str], number: int, reading: Reading) -> Entry:
    zone = reading.request.owner.zone
    due = item.get("due") or {}
    at = due.get("datetime") or due.get("date")
    repeat, from_completion = (
        repetition(str(due.get("string", ""))) if due.get("is_recurring") else ("", False)
    )
    done_at, added = item.get("completed_at"), item.get("added_at") or item.get("created_at")
    parent = item.get("parent_id")
    day = date.fromisoformat(at) if at and len(at) == 10 else None
    return Entry(
        str(item["content"]),
        number,
        due=day or (instant_of(at, zone).astimezone(zone) if at else None),
        repeat=repeat,
        from_completion=from_completion,
        priority=_PRIORITIES.get(item.get("priority", 1)),
        tags=[str(label) for label in item.get("labels") or []],
        project=projects.get(str(item.get("project_id")), ""),
        notes=[str(item.get("description") or "")],
        done=bool(item.get("checked") or item.get("is_completed")),
        completed_at=instant_of(done_at, zone) if done_at else None,
        created_at=instant_of(added, zone) if added else None,
        uid=f"todoist:{item['id']}" if item.get("id") else "",
        parent_uid=f"todoist:{parent}" if parent else "",
    )
