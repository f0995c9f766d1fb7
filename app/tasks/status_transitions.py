"""Complete, skip, reopen and delete tasks: what each becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .actions import COMPLETE, REOPEN, SKIP, StatusAction
from .model import Outcome, Owner, Status, Task
from .store import TaskRows


@dataclass(frozen=True, slots=True)
class Transition:
    """A task after an action; `moved_on` says that it repeats and has gone to its next due."""

    task: Task
    moved_on: bool = False


def transitions_of(
    action: StatusAction, stored: Mapping[int, Task], owner: Owner, now: datetime
) -> dict[int, Transition]:
    """Return what becomes of each task that an action changes; the others are left out.

    Completing a repeating task moves its due to the next one strictly in the future, so that
    missed ones don't pile up; the last one is done like any other task.

    Args:
        action: What is done to them.
        stored: The tasks as they are, by id.
        owner: Whose they are.
        now: The instant of the action.
    """
    return {
        task.id: _transition(action, task, owner, now)
        for task in stored.values()
        if task.status in action.changes and (action is not SKIP or task.repeat)
    }


def outcome_of(
    rows: TaskRows,
    task_id: int,
    stored: Task | None,
    transitions: Mapping[int, Transition],
    action: StatusAction,
) -> Outcome:
    """Say what became of an id, and what a completed task leaves open.

    Args:
        rows: The owner's tasks, after the change.
        task_id: The id.
        stored: The task as it was before; None for an id that doesn't exist.
        transitions: What became of the tasks that changed.
        action: What was done.
    """
    if task_id not in transitions:
        return Outcome(task_id, stored, changed=False)
    task, moved_on = transitions[task_id].task, transitions[task_id].moved_on
    if action is not COMPLETE:
        return Outcome(task_id, task, True, moved_on)
    blockers = rows.open_among(task.blocked_by)
    return Outcome(task_id, task, True, moved_on, rows.open_subtasks(task_id), blockers)


def _transition(action: StatusAction, task: Task, owner: Owner, now: datetime) -> Transition:
    if action in (COMPLETE, SKIP):
        if task.repeat is not None:
            from .dates import next_due

            due = task.due or now.astimezone(owner.zone).date()
            following = next_due(task.repeat, due, now, owner.zone)
            if following is not None:
                return Transition(replace(task, due=following, due_text=None), moved_on=True)
        return Transition(replace(task, status=Status.DONE, completed_at=now))
    if action is REOPEN:
        return Transition(replace(task, status=Status.OPEN, completed_at=None))
    return Transition(replace(task, status=Status.DELETED))
