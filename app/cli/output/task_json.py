"""Write a task as the JSON that scripts read."""

from datetime import datetime
from typing import Any

from ...tasks import Page, Task, is_overdue


def task_record(task: Task, page: Page, now: datetime) -> dict[str, Any]:
    """Return what is known of a task; instants and days in ISO 8601.

    Args:
        task: The task.
        page: The list that it is in, which knows what it still waits for.
        now: The instant, in the owner's zone.
    """
    return {
        "id": task.id,
        "title": task.title,
        "status": task.status.value,
        "due": task.due.isoformat() if task.due else None,
        "overdue": is_overdue(task, now),
        "priority": task.priority.value if task.priority else None,
        "project": task.project,
        "tags": list(task.tags),
        "repeat": (task.repeat.text or task.repeat.rule) if task.repeat else None,
        "parent_id": task.parent_id,
        "blocked_by": list(page.blockers.get(task.id, ())),
        "notes": task.notes,
        "created_at": task.created_at.isoformat(),
        "completed_at": task.completed_at.isoformat() if task.completed_at else None,
        "uuid": str(task.uuid),
    }
