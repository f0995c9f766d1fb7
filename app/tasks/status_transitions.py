"""Complete, skip, reopen and delete tasks: what each becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .actions import COMPLETE, REOPEN, SKIP, StatusAction
from .model import Outcome, Owner, Status, Task
from .store.queries import TaskRows


@dataclass(frozen=True, slots=True)
class Transition:
    """A task after a move; `moved_on` says that it repeats and has gone to its next due."""

    task: Task
    moved_on: bool = False


def transitions_of(
    action: StatusAction, found: Mapping[int, Task], owner: Owner, now: datetime
) -> dict[int, Transition]:
    """Return what becomes of each task that an action moves; the others are left out.

    Completing a repeating task moves its due to the next one strictly in the future, so that
    missed ones don't pile up; the last one is done like any other task.
    """
    return {
        task.id: _moved(action, task, owner, now)
        for task in found.values()
        if task.status in action.changes and (action is not SKIP or task.repeat)
    }


def outcome_of(
    rows: TaskRows,
    task_id: int,
    found: Task | None,
    moved: dict[int, Transition],
    action: StatusAction,
) -> Outcome:
    """Say what became of an id, and what a completed task leaves open."""
    if task_id not in moved:
        return Outcome(task_id, found, changed=False)
    task, moved_on = moved[task_id].task, moved[task_id].moved_on
    if action is not COMPLETE:
        return Outcome(task_id, task, True, moved_on)
    blockers = rows.open_among(task.blocked_by)
    return Outcome(task_id, task, True, moved_on, rows.open_subtasks(task_id), blockers)


def _moved(action: StatusAction, task: Task, owner: Owner, now: datetime) -> Transition:
    if action in (COMPLETE, SKIP):
        if task.repeat is not None:
            from .dates.repeat import next_due

            due = task.due or now.astimezone(owner.zone).date()
            following = next_due(task.repeat, due, now, owner.zone)
            if following is not None:
                return Transition(replace(task, due=following, due_text=None), moved_on=True)
        return Transition(replace(task, status=Status.DONE, completed_at=now))
    if action is REOPEN:
        return Transition(replace(task, status=Status.OPEN, completed_at=None))
    return Transition(replace(task, status=Status.DELETED))
