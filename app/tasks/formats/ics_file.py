"""iCalendar (RFC 5545): a VTODO for each open or done task."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Todo, vRecur

from ...errors import TaskRefusal
from .. import NewFields, Portable, Priority, Status, Task
from .reading import NOON, Reading, at_line, lasting_uuid
from .task_from_file import identified, task_from_file

_NUMBERS = {Priority.HIGH: 1, Priority.MEDIUM: 5, Priority.LOW: 9}
_ONCE = ("summary", "description", "due", "dtstart", "rrule", "priority", "created", "completed")
_UNREADABLE = (ValueError, IndexError, KeyError)
_TOLD = {
    **{"exdate": "exceptions of a repetition", "rdate": "extra days of a repetition"},
    **{"attach": "attachments", "percent-complete": "degrees of completion", "geo": "places"},
}
_NOTED = ("LOCATION", "URL", "COMMENT", "CONTACT")
"""What a person wrote, kept in the notes."""
_PROJECT = "X-TASK-RELAY-PROJECT"
_REPEAT_FROM = "X-TASK-RELAY-REPEAT-FROM"


def write(portables: Iterable[Portable], zone: ZoneInfo) -> Iterator[str]:
    """Yield the file in one piece.

    Args:
        portables: The tasks.
        zone: Not used: each due keeps its own zone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Task Relay//EN")
    calendar.add("version", "2.0")
    for portable in portables:
        if portable.task.status is not Status.DELETED:
            calendar.add_component(_todo(portable))
    calendar.add_missing_timezones()
    yield calendar.to_ical().decode()


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file; what is no VTODO, or a cancelled one, is passed over.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: It is no calendar, or a VTODO can't be used; the text says its line.
    """
    text = text.removeprefix("\ufeff")
    lines = [line.rstrip().upper() for line in text.split("\n")]
    begins = [number for number, line in enumerate(lines, 1) if line == "BEGIN:VTODO"]
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except _UNREADABLE as error:
        if reading.report is None:
            _refuse_unreadable(text, begins)
        elif readable := _without_unreadable(text, begins, reading):
            return _rest(readable, reading)
        raise TaskRefusal(f"Line 1: this is no calendar ({error}). Nothing was imported.") from None
    return _found(calendars, begins, reading)


def _rest(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file whose unreadable ones were taken out, at their own lines."""
    lines = [line.rstrip().upper() for line in text.split("\n")]
    begins = [number for number, line in enumerate(lines, 1) if line == "BEGIN:VTODO"]
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except _UNREADABLE as error:
        raise TaskRefusal(f"Line 1: this is no calendar ({error}). Nothing was imported.") from None
    return _found(calendars, begins, reading)


def _without_unreadable(text: str, begins: list[int], reading: Reading) -> str | None:
    """Return a text with empty lines in place of each VTODO that can't be read, or None.

    Args:
        text: The file.
        begins: The lines on which a VTODO begins.
        reading: Where it is noted which were left out.
    """
    lines = text.split("\n")
    ends = [*(begin - 1 for begin in begins[1:]), len(lines)]
    changed = False
    for begin, bound in zip(begins, ends, strict=True):
        inner = range(begin, bound)
        end = next((n for n in inner if lines[n].rstrip().upper() == "END:VTODO"), None)
        block = lines[begin - 1 : (bound if end is None else end + 1)]
        try:
            Todo.from_ical("\n".join(block))
        except _UNREADABLE as error:
            named = (line for line in block if line.upper().startswith("SUMMARY"))
            title = next(named, "").partition(":")[2].strip()
            reading.skip(begin, title, f"can't be read ({error}).")
            lines[begin - 1 : begin - 1 + len(block)] = [""] * len(block)
            changed = True
    return "\n".join(lines) if changed else None


def _found(calendars: list[Any], begins: list[int], reading: Reading) -> list[Portable]:
    portables = []
    seen: set[UUID] = set()
    todos = [todo for calendar in calendars for todo in calendar.walk("VTODO")]
    for line, todo in zip(begins, todos, strict=False):
        with reading.entry(line, str(todo.get("summary", ""))):
            _refuse_doubles(todo)
            if str(todo.get("status", "")).upper() == "CANCELLED":
                reading.tell("cancelled tasks")
                continue
            if "recurrence-id" in todo:
                reading.tell("single instances of a repeating task")
                continue
            found = _portable(todo, reading, line)
            if found.task.uuid in seen:
                raise TaskRefusal("Two tasks of the file have the same UID.")
            seen.add(found.task.uuid)
            portables.append(found)
    return portables


def _refuse_unreadable(text: str, begins: list[int]) -> None:
    """Refuse the first VTODO that can't be read; the parser doesn't say which it is."""
    lines = text.split("\n")
    for begin in begins:
        ends = (n for n in range(begin, len(lines)) if lines[n].rstrip().upper() == "END:VTODO")
        with at_line(begin):
            Todo.from_ical("\n".join(lines[begin - 1 : next(ends, len(lines)) + 1]))


def _refuse_doubles(todo: Any) -> None:
    for name in _ONCE:
        if isinstance(todo.get(name), list):
            raise ValueError(f"{name.upper()} stands in it twice")


def _todo(portable: Portable) -> Todo:
    task = portable.task
    todo = Todo()
    todo.add("uid", str(task.uuid))
    todo.add("dtstamp", task.created_at)
    todo.add("created", task.created_at)
    todo.add("summary", task.title)
    if task.notes:
        todo.add("description", task.notes)
    if task.due is not None:
        if task.repeat is not None:
            todo.add("dtstart", task.due)
            todo.add("rrule", _rule(task))
            if task.repeat.from_completion:
                todo.add(_REPEAT_FROM, "COMPLETION")
        todo.add("due", task.due)
    if task.priority is not None:
        todo.add("priority", _NUMBERS[task.priority])
    if task.tags:
        todo.add("categories", list(task.tags))
    if task.project is not None:
        todo.add(_PROJECT, task.project)
    if portable.parent is not None:
        todo.add("related-to", str(portable.parent))
    if task.completed_at is not None and task.status is Status.DONE:
        todo.add("completed", task.completed_at)
    todo.add("status", "COMPLETED" if task.status is Status.DONE else "NEEDS-ACTION")
    return todo


def _rule(task: Task) -> vRecur:
    """Return the rule; its end has the type of the due, and is in UTC where that has a time."""
    assert task.repeat is not None
    rule: vRecur = vRecur.from_ical(task.repeat.rule)
    if "UNTIL" in rule and isinstance(task.due, datetime):
        (last,) = rule["UNTIL"]
        day = last.date() if isinstance(last, datetime) else last
        rule["UNTIL"] = [datetime.combine(day, time(23, 59, 59), task.due.tzinfo).astimezone(UTC)]
    return rule


def _portable(todo: Any, reading: Reading, line: int) -> Portable:
    status = str(todo.get("status", "")).upper()
    done = status == "COMPLETED" or "completed" in todo or todo.get("percent-complete") == 100
    alarms = len(todo.walk("VALARM"))
    for _ in range(alarms):
        reading.tell("reminders")
    for name, what in _TOLD.items():
        if name in todo:
            reading.tell(what)
    number = int(todo.get("priority", 0))
    given: NewFields = {
        "due": _due(todo, reading),
        "priority": None if not number else ("high", "medium", "low")[(number > 4) + (number > 5)],
        "tags": [_tag(name) for name in _categories(todo)],
        "project": str(todo[_PROJECT]) if _PROJECT in todo else None,
        "repeat": _repeat(todo["rrule"], reading) if "rrule" in todo else None,
        "notes": "\n".join(_notes(todo)),
    }
    found = task_from_file(
        reading,
        str(todo.get("summary", "")),
        line=line,
        given=given,
        status="done" if done else "open",
        created_at=_instant(todo, "created"),
        completed_at=_instant(todo, "completed"),
        from_completion=str(todo.get(_REPEAT_FROM, "")).upper() == "COMPLETION",
    )
    return identified(found, str(todo.get("uid", "")), _parent(todo))


def _notes(todo: Any) -> Iterator[str]:
    if "description" in todo:
        yield str(todo["description"])
    for name in _NOTED:
        values = todo.get(name, [])
        for value in values if isinstance(values, list) else [values]:
            yield f"{name.capitalize()}: {value}"


def _parent(todo: Any) -> UUID | None:
    """Return the UUID of the parent; without RELTYPE that is what a relation means (3.2.15)."""
    related = todo.get("related-to", [])
    for each in related if isinstance(related, list) else [related]:
        if str(each.params.get("RELTYPE", "PARENT")).upper() == "PARENT":
            return lasting_uuid(str(each))
    return None


def _due(todo: Any, reading: Reading) -> str | None:
    """Return the due as our phrases say it, in the person's zone.

    Where only a start is given it stands for the due, so that a repetition keeps its weekday.
    """
    if "due" in todo:
        due = todo.decoded("due")
    elif "dtstart" in todo and "duration" in todo:
        due = todo.decoded("dtstart") + todo.decoded("duration")
    elif "dtstart" in todo:
        due = todo.decoded("dtstart")
    else:
        return None
    if not isinstance(due, datetime):
        return str(due.isoformat())
    local = due.astimezone(reading.request.owner.zone) if due.tzinfo else due
    return f"{local:%Y-%m-%d %H:%M}"


def _repeat(rule: vRecur, reading: Reading) -> str:
    """Return a rule as text; an end in UTC becomes the person's day."""
    ends = [
        last.astimezone(reading.request.owner.zone).date()
        if isinstance(last, datetime) and last.tzinfo
        else last
        for last in rule.get("UNTIL", [])
    ]
    local: Any = vRecur({**rule, **({"UNTIL": ends} if ends else {})})
    return str(local.to_ical().decode())


def _tag(name: str) -> str:
    """Return a category, which may have any characters, as one word."""
    word = re.sub(r"[^\w./-]+", "-", name)
    return word if word == name else word.strip("-")


def _categories(todo: Any) -> list[str]:
    categories = todo.get("categories", [])
    lists = categories if isinstance(categories, list) else [categories]
    return [str(name) for each in lists for name in each.cats]


def _instant(todo: Any, name: str) -> datetime | None:
    if name not in todo:
        return None
    at = todo.decoded(name)
    if not isinstance(at, datetime):
        at = datetime.combine(at, NOON)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
