"""todo.txt: a task a line, as its format's rules say; open and done tasks, without notes.

`(A) 2026-03-01 Pay rent +home @bank due:2026-03-13 rrule:FREQ=MONTHLY`

A word of a title that would be read as a mark is written with a backslash before it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from .. import NewFields, Portable, Priority, Recurrence, Status, Task
from .reading import Reading, moment
from .task_from_file import task_from_file

_LETTERS = {Priority.HIGH: "A", Priority.MEDIUM: "B", Priority.LOW: "C"}
_WORDS = {letter: priority.value for priority, letter in _LETTERS.items()}
_UNITS = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}
_DATE = r"\d{4}-\d\d-\d\d"
_HEAD = re.compile(
    rf"(?P<done>x )?(?:\((?P<priority>[A-Z])\) )?"
    rf"(?:(?P<first>{_DATE}) )?(?(done)(?:(?P<second>{_DATE}) )?)(?P<rest>.*)"
)
_MARK = re.compile(
    r"(?<!\S)(?:\+(?P<project>\S+)|@(?P<tag>[\w./-]+)|due:(?P<due>\S+)|pri:(?P<pri>[A-Z])"
    r"|rrule:(?P<rrule>\S+)|rec:(?P<rec>\+?\d{1,4}[dbwmy]?)|t:(?P<t>\d{4}-\d\d-\d\d)|h:(?P<h>1))(?!\S)"
)
_LIKE_A_MARK = re.compile(
    r"(?<!\S)\\*(?:\+\S+|@[\w./-]+|due:\S+|pri:[A-Z]|rrule:\S+|rec:\+?\d{1,4}[dbwmy]?"
    r"|t:\d{4}-\d\d-\d\d|h:1)(?!\S)"
)


def write(portables: Iterable[Portable], zone: ZoneInfo) -> Iterator[str]:
    """Yield the file line by line.

    Args:
        portables: The tasks.
        zone: In which days and times are written.
    """
    for portable in portables:
        if portable.task.status is not Status.DELETED:
            yield " ".join([*_head(portable.task, zone), *_tail(portable.task, zone)]) + "\n"


def _head(task: Task, zone: ZoneInfo) -> Iterator[str]:
    if task.status is Status.DONE:
        yield "x"
        yield _day(task.completed_at or task.created_at, zone)
    elif task.priority:
        yield f"({_LETTERS[task.priority]})"
    yield _day(task.created_at, zone)
    yield _LIKE_A_MARK.sub(r"\\\g<0>", task.title)


def _tail(task: Task, zone: ZoneInfo) -> Iterator[str]:
    if task.project:
        yield "+" + "_".join(task.project.split())
    yield from (f"@{tag}" for tag in task.tags)
    if isinstance(task.due, datetime):
        yield f"due:{task.due.astimezone(zone):%Y-%m-%dT%H:%M}"
    elif task.due:
        yield f"due:{task.due.isoformat()}"
    if task.status is Status.DONE and task.priority:
        yield f"pri:{_LETTERS[task.priority]}"
    if task.repeat:
        yield _from_completion(task.repeat) or f"rrule:{task.repeat.rule}"


def _from_completion(repeat: Recurrence) -> str | None:
    """Return the mark of a repetition from completion, where there is one for its rule."""
    parts = dict(part.split("=", 1) for part in repeat.rule.split(";"))
    unit = {frequency: unit for unit, frequency in _UNITS.items()}.get(parts.pop("FREQ"))
    every = parts.pop("INTERVAL", "1")
    return f"rec:{every}{unit}" if repeat.from_completion and unit and not parts else None


def _rule(mark: str) -> str:
    """Return the rule of a `rec:`; without a letter it counts days, b are business days."""
    every, unit = mark.lstrip("+").rstrip("dbwmy"), mark[-1]
    if unit == "b":
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" if every == "1" else f"every {every} weekdays"
    return f"FREQ={_UNITS.get(unit, 'DAILY')};INTERVAL={every}"


def _day(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).date().isoformat()


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Args:
        text: The file.
        reading: Who reads it, and when.

    Raises:
        TaskRefusal: A line can't be used; the text says which.
    """
    portables = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.strip():
            with reading.entry(number, line):
                portables.append(_portable(line.strip(), reading, number))
    return portables


def _portable(line: str, reading: Reading, number: int) -> Portable:
    head = _HEAD.fullmatch(line)
    assert head is not None
    title, marks = _marks(head["rest"])
    letter = head["priority"] or next(iter(marks["pri"]), None)
    rec = next(iter(marks["rec"]), None)
    given: NewFields = {
        "due": next(iter(marks["due"]), None),
        "priority": _WORDS.get(letter, "low") if letter else None,
        "tags": marks["tag"],
        "project": next(iter(marks["project"]), None),
        "repeat": next(iter(marks["rrule"]), None) or (_rule(rec) if rec else None),
        "notes": f"Start: {marks['t'][0]}" if marks["t"] else None,
    }
    if marks["h"]:
        reading.tell("hidden tasks")
    done, created = (head["first"], head["second"]) if head["done"] else (None, head["first"])
    zone = reading.request.owner.zone
    return task_from_file(
        reading,
        title,
        line=number,
        given=given,
        status="done" if head["done"] else "open",
        created_at=moment(created, zone) if created else None,
        completed_at=moment(done, zone) if done else None,
        from_completion=rec is not None and not rec.startswith("+"),
    )


def _marks(text: str) -> tuple[str, dict[str, list[str]]]:
    """Take the marks out of a text; of what a task has once, only the first one is a mark."""
    marks: dict[str, list[str]] = {kind: [] for kind in _MARK.groupindex}

    def take(mark: re.Match[str]) -> str:
        kind = str(mark.lastgroup)
        if marks[kind] and kind != "tag":
            return mark[0]
        marks[kind].append(mark[kind])
        return ""

    rest = _MARK.sub(take, text)
    return _LIKE_A_MARK.sub(lambda word: word[0].removeprefix("\\"), rest), marks
