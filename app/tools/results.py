"""Write what a tool did: a verb first, then id and title, so that nothing is claimed falsely."""

from collections.abc import Sequence

from app.tasks import Answer, Page, Status, Task, task_line

_PAST = {"complete": "Completed", "reopen": "Reopened", "delete": "Deleted"}
_ALREADY = {"complete": "not open", "reopen": "already open", "delete": "already deleted"}
_UNDONE = {
    "add": "the adding",
    "update": "the change",
    "complete": "the completion",
    "reopen": "the reopening",
    "delete": "the deletion",
}


def added(task: Task, new: bool) -> str:
    """Say that a task was added, or that it was there before."""
    if new:
        return f"Added {task_line(task)}"
    return (
        f"Already there, nothing added: {task_line(task)}. "
        "Send allow_duplicate=true to add a second one."
    )


def updated(task: Task, changed: bool) -> str:
    """Say that a task was changed, or that it was so before."""
    return f"{'Updated' if changed else 'Nothing to change in'} {task_line(task)}"


def moved(action: str, answers: Sequence[Answer]) -> str:
    """Say what became of each id, a line each."""
    lines = [_moved_line(action, answer) for answer in answers]
    if action == "delete" and any(answer.changed for answer in answers):
        lines.append("undo, or reopen_tasks with the ids, brings them back.")
    return "\n".join(lines)


def listed(page: Page) -> str:
    """Write a page of tasks, always with the total."""
    if not page.tasks:
        return "No tasks found." if not page.total else f"No more: {page.total} tasks in all."
    lines = [task_line(task) for task in page.tasks]
    end = page.offset + len(page.tasks)
    if len(page.tasks) < page.total:
        shown = f"{page.offset + 1}-{end}" if page.offset else f"{end}"
        more = f"; narrow with when, status or tag, or offset={end}" if end < page.total else ""
        lines.append(f"{shown} of {page.total} shown{more}.")
    else:
        lines.append(f"{page.total} task{'s' * (page.total != 1)}.")
    return "\n".join(lines)


def undone(action: str, tasks: Sequence[Task]) -> str:
    """Say which change was reverted, and how its tasks stand now."""
    lines = [task_line(task) for task in tasks]
    return "\n".join([f"Undid {_UNDONE.get(action, action)} of:", *lines])


def _moved_line(action: str, answer: Answer) -> str:
    if answer.task is None:
        return f"#{answer.id}: no such task."
    if answer.changed:
        return f"{_PAST[action]} #{answer.id} {answer.task.title}"
    if answer.task.status is Status.DELETED and action == "complete":
        return f"#{answer.id}: no such task."
    return f"#{answer.id} {answer.task.title}: {_ALREADY[action]}."
