"""Write a task as one line, the same for models and people."""

from app.tasks.due import format_due
from app.tasks.model import Status, Task


def task_line(task: Task) -> str:
    """Write `#12 Pay rent | due Fri 2026-03-13 | high | #home | notes: ...`."""
    parts = [f"#{task.id} {task.title}"]
    if task.due is not None:
        parts.append(f"due {format_due(task.due)}")
    if task.priority is not None:
        parts.append(task.priority.value)
    parts.extend(f"#{tag}" for tag in task.tags)
    if task.status is not Status.OPEN:
        parts.append(task.status.value)
    if task.notes:
        notes = " ".join(task.notes.split())
        parts.append(f"notes: {notes[:_NOTES_SHOWN]}{'...' * (len(notes) > _NOTES_SHOWN)}")
    return " | ".join(parts)


_NOTES_SHOWN = 80
