"""Write a task as one line, the same for models and people."""

from collections.abc import Sequence

from app.tasks.due import format_due
from app.tasks.model import Recurrence, Status, Task


def task_line(task: Task, open_blockers: Sequence[int] | None = None) -> str:
    """Write `#12 Pay rent | due Fri 2026-03-13 | high | #home | notes: ...`.

    Args:
        task: The task.
        open_blockers: The tasks that it still waits for; all that it was told to wait for
            when None.
    """
    parts = [f"#{task.id} {task.title}"]
    if task.due is not None:
        parts.append(f"due {format_due(task.due)}")
    if task.repeat is not None:
        parts.append(f"repeats {_repeat_words(task.repeat)}")
    if task.priority is not None:
        parts.append(task.priority.value)
    if task.project is not None:
        parts.append(f"project {task.project}")
    parts.extend(f"#{tag}" for tag in task.tags)
    if task.parent_id is not None:
        parts.append(f"subtask of #{task.parent_id}")
    blockers = task.blocked_by if open_blockers is None else open_blockers
    if blockers:
        parts.append(f"blocked by {numbers(blockers)}")
    if task.status is not Status.OPEN:
        parts.append(task.status.value)
    if task.notes:
        notes = " ".join(task.notes.split())
        parts.append(f"notes: {notes[:_NOTES_SHOWN]}{'...' * (len(notes) > _NOTES_SHOWN)}")
    return " | ".join(parts)


def numbers(task_ids: Sequence[int]) -> str:
    """Write ids as `#3, #5`."""
    return ", ".join(f"#{one}" for one in task_ids)


def _repeat_words(repeat: Recurrence) -> str:
    words = " ".join((repeat.text or repeat.rule).split())
    return words if words.startswith(("every", "each")) else f"({words})"


_NOTES_SHOWN = 80
