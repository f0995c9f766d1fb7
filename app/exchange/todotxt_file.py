"""todo.txt: a task a line, as its format's rules say; open and done tasks, without notes.

`(A) 2026-03-01 Pay rent +home @bank due:2026-03-13 rrule:FREQ=MONTHLY`
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from app.exchange.made import made
from app.exchange.reading import Reading, at_line
from app.tasks import NewFields, Portable, Priority, Status

_LETTERS = {Priority.HIGH: "A", Priority.MEDIUM: "B", Priority.LOW: "C"}
_WORDS = {letter: priority.value for priority, letter in _LETTERS.items()}
_DATE = r"\d{4}-\d\d-\d\d"
_HEAD = re.compile(
    rf"(?P<done>x )?(?:\((?P<priority>[A-Z])\) )?"
    rf"(?:(?P<first>{_DATE}) )?(?:(?P<second>{_DATE}) )?(?P<rest>.*)"
)
_MARK = re.compile(
    r"(?<!\S)(?:\+(?P<project>\S+)|@(?P<tag>[\w./-]+)|due:(?P<due>\S+)|pri:(?P<pri>[A-Z])"
    r"|rrule:(?P<rrule>\S+))(?!\S)"
)


def write(portables: Iterable[Portable]) -> Iterator[str]:
    """Yield the file line by line."""
    for portable in portables:
        task = portable.task
        if task.status is Status.DELETED:
            continue
        letter = _LETTERS.get(task.priority) if task.priority else None
        parts = []
        if task.completed_at:
            parts += ["x", task.completed_at.date().isoformat()]
        elif letter:
            parts.append(f"({letter})")
        parts += [task.created_at.date().isoformat(), task.title]
        if task.project:
            parts.append("+" + "_".join(task.project.split()))
        parts += [f"@{tag}" for tag in task.tags]
        if isinstance(task.due, datetime):
            parts.append(f"due:{task.due:%Y-%m-%dT%H:%M}")
        elif task.due:
            parts.append(f"due:{task.due.isoformat()}")
        if task.completed_at and letter:
            parts.append(f"pri:{letter}")
        if task.repeat:
            parts.append(f"rrule:{task.repeat.rule}")
        yield " ".join(parts) + "\n"


def read(text: str, reading: Reading) -> list[Portable]:
    """Return the tasks of a file.

    Raises:
        TaskRefusal: A line can't be used; the text says which.
    """
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.strip():
            with at_line(number):
                found.append(_portable(line.strip(), reading, number))
    return found


def _portable(line: str, reading: Reading, number: int) -> Portable:
    head = _HEAD.fullmatch(line)
    assert head is not None
    marks = list(_MARK.finditer(head["rest"]))
    found = {
        kind: [mark[kind] for mark in marks if mark[kind]]
        for kind in ("project", "tag", "due", "pri", "rrule")
    }
    letter = head["priority"] or next(iter(found["pri"]), None)
    given: NewFields = {
        "due": next(iter(found["due"]), None),
        "priority": _WORDS.get(letter, "low") if letter else None,
        "tags": found["tag"],
        "project": next(iter(found["project"]), None),
        "repeat": next(iter(found["rrule"]), None),
    }
    done, created = (head["first"], head["second"]) if head["done"] else (None, head["first"])
    return made(
        reading,
        _MARK.sub("", head["rest"]),
        line=number,
        given=given,
        status="done" if head["done"] else "open",
        created_at=_noon(created, reading) if created else None,
        completed_at=_noon(done, reading) if done else None,
    )


def _noon(text: str, reading: Reading) -> datetime:
    """Return an instant of a day; todo.txt tells no time."""
    return datetime.combine(date.fromisoformat(text), time(12), reading.said.owner.zone).astimezone(
        UTC
    )
