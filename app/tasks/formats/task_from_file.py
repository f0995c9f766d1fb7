"""Make a task of what a foreign file says, by the same rules as a person's words."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from ...errors import TaskRefusal
from .. import NewFields, Portable, Status, Task, check_rule, drafted, parse_repeat
from ..dates import recurrence, wall_time
from .reading import Reading, lasting_uuid


def task_from_file(
    reading: Reading,
    title: str,
    *,
    line: int,
    given: NewFields,
    status: str = "open",
    created_at: datetime | None = None,
    completed_at: datetime | None = None,
    due: date | datetime | None = None,
    from_completion: bool = False,
) -> Portable:
    """Return a new task.

    Args:
        reading: Who reads the file, and when.
        title: Its title.
        line: Where in the file it stands.
        given: Its other fields.
        status: `open` or `done`.
        created_at: When it was added; now when None.
        completed_at: When it was done, if it is; now when None.
        due: Its due, where it is no phrase.
        from_completion: Whether its repetition counts from the day it is done.

    Raises:
        TaskRefusal: A field can't be used.
    """
    if status not in (Status.OPEN, Status.DONE):
        raise TaskRefusal(f'status "{status[:40]}" not understood. Use open or done.')
    repeat = given.pop("repeat", None)
    task = drafted(title, given, reading.request, reading.new_uuid)
    task = replace(task, due=due or task.due)
    if repeat:
        task = _repeating(task, repeat, reading)
    if from_completion and task.repeat:
        task = replace(task, repeat=replace(task.repeat, from_completion=True))
    done = Status(status) is Status.DONE
    task = replace(
        task,
        due_text=None,
        status=Status(status),
        created_at=created_at or task.created_at,
        completed_at=(completed_at or reading.request.now) if done else None,
    )
    return Portable(task, line=line)


def _repeating(task: Task, text: str, reading: Reading) -> Task:
    """Give a task the repetition of a file; its due stays, also where the series has ended.

    Where there is a report, one that we can't follow is told, and the task comes without it.
    """
    rule_text = text.removeprefix("RRULE:")
    request = reading.request
    try:
        if task.due is not None and rule_text.upper().startswith("FREQ="):
            rule = check_rule(rule_text)
            return replace(task, repeat=recurrence(rule_text, rule, task.due))
        found = parse_repeat(text, request.now, request.owner.zone, day_first=request.day_first)
        due = task.due if task.due is not None else found.due
        if not isinstance(due, datetime) and isinstance(found.due, datetime):
            due = wall_time(due, found.due.time(), request.owner.zone)
        return replace(task, due=due, repeat=recurrence(text, found.rule, due))
    except TaskRefusal:
        if reading.report is None:
            raise
        reading.tell(f'the repetition "{text[:60]}" of "{task.title[:60]}"')
        return task


def identified(found: Portable, uid: str | None, parent: UUID | None) -> Portable:
    """Return a task with the id that its file has for it.

    Args:
        found: The task.
        uid: The id; None or "" where the file has none.
        parent: The UUID of the task of which it is a part.
    """
    if not uid:
        return replace(found, parent=parent)
    task = replace(found.task, uuid=lasting_uuid(uid))
    return replace(found, task=task, parent=parent, identified=True)
