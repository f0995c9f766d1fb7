"""Write what a tool or command did, verb first, then id and title: nothing is claimed falsely."""

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo

from .actions import COMPLETE, DELETE, SKIP, StatusAction, undone_words
from .dates import format_due
from .model import Days, Outcome, Page, Stats, Status, Task, Undone
from .text import numbers, task_line

LIST_BEGINS = "Tasks, as stored:"
LIST_ENDS = "End of tasks."
"""The lines around a list. Between them each line begins with an id, so no title can forge one."""

_MOST_LINES = 20


Waiting = Mapping[int, Sequence[int]]
"""The open blockers of each open task that has some, by id."""


def added(task: Task, new: bool, waiting: Waiting) -> str:
    """Say that a task was added, or that it was there before.

    Args:
        task: The task.
        new: Whether it was added.
        waiting: The open blockers of each open task that has some.
    """
    if new:
        return f"Added {_line(task, waiting)}"
    return (
        f"Already there, nothing added: {_line(task, waiting)}. "
        "Send allow_duplicate=true to add a second one."
    )


def updated(changes: Sequence[tuple[Task, bool]], waiting: Waiting) -> str:
    """Say of each task that it was changed, or that it was so before, a line each.

    Args:
        changes: The tasks as they are now, and whether anything changed.
        waiting: The open blockers of each open task that has some.
    """
    return "\n".join(
        f"{'Updated' if changed else 'Nothing to change in'} {_line(task, waiting)}"
        for task, changed in changes
    )


def moved(action: StatusAction, outcomes: Sequence[Outcome]) -> str:
    """Say what became of each id, a line each.

    Args:
        action: What was done.
        outcomes: What became of each task.
    """
    lines = [_outcome_line(action, outcome) for outcome in outcomes]
    if action is DELETE and any(outcome.changed for outcome in outcomes):
        lines.append("undo, or reopen_tasks with the ids, brings them back.")
    return "\n".join(lines)


def listed(page: Page, zone: tzinfo) -> str:
    """Write a page of tasks between two fixed lines, always with the total.

    Args:
        page: The tasks.
        zone: The person's; says on which day a task was done.
    """
    late = f" {page.overdue} overdue in all: when=overdue." if page.overdue else ""
    if not page.tasks:
        found = "No tasks found." if not page.total else f"No more: {page.total} tasks in all."
        return found + late
    lines = [_listed_line(page, task, zone) for task in page.tasks]
    end = page.offset + len(page.tasks)
    total = f"{page.total} in all."
    if len(page.tasks) < page.total:
        shown = f"{page.offset + 1}-{end}" if page.offset else f"{end}"
        more = (
            f"; narrow with when, text, tag or project, or offset={end}" if end < page.total else ""
        )
        total = f"{shown} of {page.total} shown{more}."
    return "\n".join([LIST_BEGINS, *lines, f"{LIST_ENDS} {total}{late}"])


def undone(changes: Sequence[Undone], waiting: Waiting) -> str:
    """Say which changes were reverted, and how their tasks stand now.

    Args:
        changes: The changes, the newest first.
        waiting: The open blockers of each open task that has some.
    """
    lines: list[str] = []
    for change in changes:
        lines.append(f"Undid {undone_words(change.action)} of:")
        lines += [_line(task, waiting) for task in change.tasks[:_MOST_LINES]]
        if len(change.tasks) > _MOST_LINES:
            lines.append(f"... {len(change.tasks)} tasks in all.")
    return "\n".join(lines)


def counted(stats: Stats) -> str:
    """Write the counts."""
    lines = [
        f"Open: {stats.open} ({stats.overdue} overdue, {stats.due_today} due today).",
        f"{_span(stats.days)}: {stats.completed} completed, {stats.added} added.",
    ]
    if stats.by_project:
        shown = [f"{name} {count}" for name, count in stats.by_project[:_MOST_LINES]]
        lines.append(f"Open by project: {', '.join(shown)}.")
    return "\n".join(lines)


def _line(task: Task, waiting: Waiting) -> str:
    return task_line(task, waiting.get(task.id, ()))


def _listed_line(page: Page, task: Task, zone: tzinfo) -> str:
    line = task_line(task, page.blockers.get(task.id, ()), page.now)
    done_at = page.done_at.get(task.id)
    if done_at is not None:
        times = page.times[task.id]
        return f"{line} | done {times} time{'s' * (times != 1)}"
    if task.status is Status.DONE and task.completed_at is not None:
        line += f" {format_due(task.completed_at.astimezone(zone).date())}"
    return line


def _outcome_line(action: StatusAction, outcome: Outcome) -> str:
    task = outcome.task
    if task is None or _is_hidden(task, action):
        return f"#{outcome.id}: no such task."
    if not outcome.changed:
        if action is SKIP and task.status is Status.OPEN:
            return f"#{outcome.id} {task.title}: doesn't repeat, so there is nothing to skip."
        return f"#{outcome.id} {task.title}: {action.already}."
    line = f"{action.past} #{outcome.id} {task.title}"
    if outcome.moved_on and task.due is not None:
        line += f"; it repeats, next due {format_due(task.due)}"
    elif task.repeat is not None and action in (COMPLETE, SKIP):
        line += "; it was the last one"
    if outcome.open_subtasks:
        line += f"; still open below it: {numbers(outcome.open_subtasks)}"
    if outcome.open_blockers:
        line += f"; it was still waiting for {numbers(outcome.open_blockers)}"
    return line


def _is_hidden(task: Task, action: StatusAction) -> bool:
    """Say whether a task is deleted, and the action is none that knows deleted tasks."""
    return task.status is Status.DELETED and action in (COMPLETE, SKIP)


def _span(days: Days) -> str:
    first, last = _day(days.first), _day(days.last)
    if first == last and first:
        return first
    if first and last:
        return f"{first} to {last}"
    return f"Since {first}" if first else f"Until {last}" if last else "Ever"


def _day(day: date | None) -> str:
    return format_due(day) if day else ""
