"""Write a task as one line, the same for models and people."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ..intake import shown
from .dates import format_due
from .model import Recurrence, Status, Task

_NOTES_SHOWN = 80


def task_line(
    task: Task, open_blockers: Sequence[int] | None = None, now: datetime | None = None
) -> str:
    """Write `#12 Pay rent | due Fri 2026-03-13 (today) | high | #home | notes: ...`.

    What could turn the line round or hide something is written out.

    Args:
        task: The task.
        open_blockers: The tasks that it still waits for; all that it was told to wait for
            when None.
        now: The instant, in the owner's zone, by which an open task is overdue, or due today or
            tomorrow; None leaves that out.
    """
    parts = [f"#{task.id} {task.title}"]
    if task.due is not None:
        parts.append(f"due {format_due(task.due)}{_nearness(task, now) if now else ''}")
    if task.repeat is not None:
        parts.append(f"repeats {repeat_words(task.repeat)}")
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
    return shown(" | ".join(parts))


def _nearness(task: Task, now: datetime) -> str:
    if task.status is not Status.OPEN or task.due is None:
        return ""
    if is_overdue(task, now):
        return " (overdue)"
    due = task.due.astimezone(now.tzinfo).date() if isinstance(task.due, datetime) else task.due
    return {0: " (today)", 1: " (tomorrow)"}.get((due - now.date()).days, "")


def numbers(task_ids: Sequence[int]) -> str:
    """Write ids as `#3, #5`."""
    return ", ".join(f"#{task_id}" for task_id in task_ids)


def repeat_words(repeat: Recurrence) -> str:
    """Write a recurrence in the person's words where they fit, else in brackets."""
    words = " ".join((repeat.text or repeat.rule).split())
    return words if words.startswith(("every", "each")) else f"({words})"


def is_overdue(task: Task, now: datetime) -> bool:
    """Say whether an open task's due is past.

    Args:
        task: The task.
        now: The instant, in the owner's zone: a due without a time lasts until the day's end.
    """
    if task.status is not Status.OPEN or task.due is None:
        return False
    if isinstance(task.due, datetime):
        return task.due.astimezone(UTC) < now.astimezone(UTC)  # a zone's hour may come twice
    return task.due < now.date()
