"""Make a task of what a foreign file says, by the same rules as a person's words."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ...errors import TaskRefusal
from .. import NewFields, Portable, Status, drafted
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

    Raises:
        TaskRefusal: A field can't be used.
    """
    if status not in (Status.OPEN, Status.DONE):
        raise TaskRefusal(f'status "{status[:40]}" not understood. Use open or done.')
    task = drafted(title, given, reading.request, reading.new_uuid)
    done = Status(status) is Status.DONE
    task = replace(
        task,
        due_text=None,
        status=Status(status),
        created_at=created_at or task.created_at,
        completed_at=(completed_at or reading.request.now) if done else None,
    )
    return Portable(task, line=line)


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
