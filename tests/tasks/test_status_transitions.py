"""What complete, skip, reopen and delete make of a task in each status."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from app.tasks import Outcome, Recurrence, Status, Task
from app.tasks.actions import COMPLETE, DELETE, REOPEN, SKIP, StatusAction
from app.tasks.status_transitions import Transition, outcome_of, transitions_of
from app.tasks.store.queries import TaskRows
from tests.tasks.making import ANN, NOW, a_task

OPEN, DONE = a_task(1), a_task(2, status=Status.DONE, completed_at=NOW.replace(day=1))
DELETED = a_task(3, status=Status.DELETED, completed_at=NOW.replace(day=2))
DAILY = Recurrence("FREQ=DAILY", datetime(2026, 3, 1), "every day")  # noqa: DTZ001 - a wall time
LAST = replace(DAILY, rule="FREQ=DAILY;UNTIL=20260304")


def changed(action: StatusAction, *tasks: Task) -> dict[int, Transition]:
    stored = {task.id: task for task in tasks}
    return transitions_of(action, stored, ANN, NOW)


def test_action_changes_the_tasks_that_it_is_for() -> None:
    assert changed(COMPLETE, OPEN, DONE, DELETED) == {
        1: Transition(replace(OPEN, status=Status.DONE, completed_at=NOW))
    }
    assert changed(REOPEN, OPEN, DONE, DELETED) == {
        2: Transition(replace(DONE, status=Status.OPEN, completed_at=None)),
        3: Transition(replace(DELETED, status=Status.OPEN, completed_at=None)),
    }
    assert changed(DELETE, OPEN, DONE, DELETED) == {
        1: Transition(replace(OPEN, status=Status.DELETED)),
        2: Transition(replace(DONE, status=Status.DELETED)),
    }
    assert changed(SKIP, OPEN, DONE, DELETED) == {}


@pytest.mark.parametrize("action", [COMPLETE, SKIP])
def test_repeating_task_goes_to_its_next_due_and_stays_open(action: StatusAction) -> None:
    task = a_task(due=date(2026, 3, 2), due_text="monday", repeat=DAILY)
    after = replace(task, due=date(2026, 3, 5), due_text=None)
    assert changed(action, task) == {1: Transition(after, moved_on=True)}
    ahead = replace(task, due=date(2026, 3, 10))
    assert changed(action, ahead)[1].task.due == date(2026, 3, 11)
    late = replace(task, status=Status.DONE)
    assert changed(action, late) == {}


@pytest.mark.parametrize("action", [COMPLETE, SKIP])
def test_last_instance_is_done_like_any_task(action: StatusAction) -> None:
    task = a_task(due=date(2026, 3, 4), repeat=LAST)
    after = replace(task, status=Status.DONE, completed_at=NOW)
    assert changed(action, task) == {1: Transition(after)}


def test_repeating_task_without_a_due_counts_from_the_persons_today() -> None:
    task = a_task(repeat=replace(DAILY, rule="FREQ=DAILY;INTERVAL=3"))
    assert changed(COMPLETE, task)[1].task.due == date(2026, 3, 7)


@pytest.mark.parametrize("action", [REOPEN, DELETE])
def test_other_actions_leave_a_repeating_task_where_it_is(action: StatusAction) -> None:
    task = a_task(due=date(2026, 3, 2), repeat=DAILY, status=Status.DONE)
    assert changed(action, task)[1].task.due == task.due
    assert not changed(action, task)[1].moved_on


def test_completed_task_tells_what_it_leaves_open(rows: TaskRows) -> None:
    task = a_task(1, blocked_by=(4, 5))
    below = [a_task(2, parent_id=1), a_task(3, parent_id=1, status=Status.DONE)]
    before = [a_task(4), a_task(5, status=Status.DONE)]
    rows.write([], [task, *below, *before])
    done = {1: Transition(replace(task, status=Status.DONE))}
    assert outcome_of(rows, 1, task, done, COMPLETE) == Outcome(
        1, done[1].task, True, open_subtasks=(2,), open_blockers=(4,)
    )
    assert outcome_of(rows, 1, task, done, DELETE) == Outcome(1, done[1].task, True)
    assert outcome_of(rows, 1, task, {}, COMPLETE) == Outcome(1, task, False)
    assert outcome_of(rows, 9, None, {}, COMPLETE) == Outcome(9, None, False)
    skipped = {1: Transition(task, moved_on=True)}
    assert outcome_of(rows, 1, task, skipped, SKIP) == Outcome(1, task, True, moved_on=True)
