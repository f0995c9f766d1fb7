"""Read the JSON that Microsoft's Graph gives of To Do; a due is a day."""

from datetime import date
from typing import Any

from ... import Portable
from ..reading import Reading
from .date_cells import instant_of
from .entry import Entry, made
from .records import line_of, objects, parsed

_PRIORITIES = {"high": "high", "low": "low"}
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_FREQUENCIES = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "absoluteMonthly": "MONTHLY",
    "relativeMonthly": "MONTHLY",
    "absoluteYearly": "YEARLY",
    "relativeYearly": "YEARLY",
}


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: It is no JSON.
    """
    whole = parsed(text, reading)
    found = objects(whole.get("value") if isinstance(whole, dict) else whole)
    lists = [one for one in found if isinstance(one.get("tasks"), list)] or [{"tasks": found}]
    entries: list[Entry] = []
    for tasks in lists:
        for task in objects(tasks["tasks"]):
            line = line_of(text, f'"{task.get("id")}"') if len(entries) < 1000 else 1
            with reading.entry(line, str(task.get("title", ""))):
                entry = _entry(task, str(tasks.get("displayName", "")), line, reading)
                entries += [entry, *_steps(task, entry)]
            if task.get("isReminderOn"):
                reading.tell("reminders")
    return made(entries, reading)


def _entry(task: dict[str, Any], project: str, line: int, reading: Reading) -> Entry:
    zone = reading.request.owner.zone
    due, done_at = task.get("dueDateTime"), task.get("completedDateTime")
    created = task.get("createdDateTime")
    return Entry(
        str(task["title"]),
        line,
        due=date.fromisoformat(str(due["dateTime"])[:10]) if due else None,
        repeat=_rule(task.get("recurrence") or {}),
        priority=_PRIORITIES.get(str(task.get("importance"))),
        tags=[str(name) for name in task.get("categories") or []],
        project=project,
        notes=[str((task.get("body") or {}).get("content") or "")],
        done=task.get("status") == "completed",
        completed_at=instant_of(f"{str(done_at['dateTime'])[:10]}T12:00", zone)
        if done_at
        else None,
        created_at=instant_of(str(created), zone) if created else None,
        uid=f"microsoft:{task['id']}" if task.get("id") else "",
    )


def _steps(task: dict[str, Any], above: Entry) -> list[Entry]:
    return [
        Entry(
            str(step.get("displayName", "")),
            above.line,
            project=above.project,
            done=bool(step.get("isChecked")) or above.done,
            completed_at=above.completed_at,
            uid=f"{above.uid}:{step['id']}" if above.uid and step.get("id") else "",
            parent=above,
        )
        for step in objects(task.get("checklistItems"))
    ]


def _rule(recurrence: dict[str, Any]) -> str:
    """Return the rule of a pattern and its range."""
    pattern, span = recurrence.get("pattern"), recurrence.get("range") or {}
    if not pattern:
        return ""
    kind = str(pattern["type"])
    parts = [f"FREQ={_FREQUENCIES[kind]}", f"INTERVAL={int(pattern.get('interval') or 1)}"]
    days = ",".join(str(day)[:2].upper() for day in pattern.get("daysOfWeek") or [])
    if kind.endswith("Yearly") and pattern.get("month"):
        parts.append(f"BYMONTH={int(pattern['month'])}")
    if kind.startswith("absolute") and pattern.get("dayOfMonth"):
        parts.append(f"BYMONTHDAY={int(pattern['dayOfMonth'])}")
    elif kind.startswith("relative"):
        place = _PLACES[str(pattern.get("index", "first"))]
        parts.append("BYDAY=" + ",".join(f"{place}{day}" for day in days.split(",")))
    elif days and kind == "weekly":
        parts.append(f"BYDAY={days}")
    if span.get("type") == "endDate":
        parts.append(f"UNTIL={str(span['endDate']).replace('-', '')}")
    elif span.get("type") == "numbered":
        parts.append(f"COUNT={int(span['numberOfOccurrences'])}")
    return ";".join(parts)
