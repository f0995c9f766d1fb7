import re
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.tasks import (
    Days,
    Outcome,
    Page,
    Priority,
    Recurrence,
    Stats,
    Status,
    Task,
    Undone,
    results,
)
from app.tasks.actions import COMPLETE, DELETE, REOPEN, SKIP, StatusAction

NOW = datetime(2026, 3, 4, tzinfo=UTC)
RENT = Task(
    12,
    "Pay rent",
    Status.OPEN,
    NOW,
    UUID(int=12),
    priority=Priority.HIGH,
    tags=("home",),
    due=date(2026, 3, 13),
)

MORE = "narrow with when, text, tag or project, or"


def test_lists_say_what_is_overdue_today_and_tomorrow_and_what_they_leave_out() -> None:
    now = datetime(2026, 3, 13, 9, tzinfo=UTC)
    dues = [date(2026, 3, 12), now.replace(hour=8), date(2026, 3, 13), date(2026, 3, 14), None]
    tasks = tuple(replace(RENT, id=n, due=due) for n, due in enumerate(dues, 1))
    told = results.listed(Page(tasks, 5, 0, now=now, overdue=2), UTC)
    marks = [re.findall(r"\((\w+)\)", line) for line in told.split("\n")[1:-1]]
    assert marks == [["overdue"], ["overdue"], ["today"], ["tomorrow"], []]
    assert told.endswith("5 in all. 2 overdue in all: when=overdue.")
    nothing = results.listed(Page((), 0, 0, now=now, overdue=2), UTC)
    assert nothing == "No tasks found. 2 overdue in all: when=overdue."


def task(number: int, status: Status = Status.OPEN) -> Task:
    return Task(number, f"t{number}", status, NOW, UUID(int=number))


def test_results_start_with_a_verb_and_echo_id_title_and_weekday() -> None:
    line = "#12 Pay rent | due Fri 2026-03-13 | high | #home"
    assert results.added(RENT, True, {}) == f"Added {line}"
    assert results.added(RENT, False, {}).startswith(f"Already there, nothing added: {line}")
    assert results.updated([(RENT, True)], {}) == f"Updated {line}"
    assert results.undone([Undone("add", NOW, (RENT,))], {}) == f"Undid the adding of:\n{line}"


def test_only_what_is_still_open_blocks() -> None:
    waits = replace(task(3), blocked_by=(1, 2))
    assert results.updated([(waits, True)], {3: (2,)}) == "Updated #3 t3 | blocked by #2"
    assert results.undone([Undone("complete", NOW, (waits,))], {}).endswith("\n#3 t3")


@pytest.mark.parametrize(
    ("shown", "offset", "total", "last"),
    [
        (0, 0, 0, "No tasks found."),
        (1, 0, 1, "End of tasks. 1 in all."),
        (20, 0, 20, "End of tasks. 20 in all."),
        (
            20,
            0,
            57,
            "End of tasks. 20 of 57 shown; narrow with when, text, tag or project, or offset=20.",
        ),
        (
            20,
            20,
            57,
            "End of tasks. 21-40 of 57 shown; narrow with when, text, tag or project, or "
            "offset=40.",
        ),
        (17, 40, 57, "End of tasks. 41-57 of 57 shown."),
        (0, 60, 57, "No more: 57 tasks in all."),
    ],
)
def test_list_always_ends_with_the_total(shown: int, offset: int, total: int, last: str) -> None:
    page = Page(tuple(task(n) for n in range(shown)), total, offset)
    lines = results.listed(page, UTC).splitlines()
    assert lines[-1] == last
    assert len(lines) == (shown + 2 if shown else 1)


def test_done_task_shows_the_day_that_it_was_where_the_person_is() -> None:
    evening = datetime(2026, 3, 5, 3, 30, tzinfo=UTC)
    page = Page((replace(task(1, Status.DONE), completed_at=evening),), 1, 0)
    assert "#1 t1 | done Thu 2026-03-05" in results.listed(page, UTC)
    assert "#1 t1 | done Wed 2026-03-04" in results.listed(page, ZoneInfo("America/New_York"))


def test_each_id_of_a_change_has_its_line() -> None:
    answers = [
        Outcome(1, task(1, Status.DONE), True),
        Outcome(2, task(2, Status.DONE), False),
        Outcome(3, task(3, Status.DELETED), False),
        Outcome(4, None, False),
    ]
    assert results.moved(COMPLETE, answers).splitlines() == [
        "Completed #1 t1",
        "#2 t2: not open.",
        "#3: no such task.",
        "#4: no such task.",
    ]


def test_deletion_says_how_it_comes_back() -> None:
    told = results.moved(DELETE, [Outcome(1, task(1, Status.DELETED), True)])
    assert told.splitlines() == [
        "Deleted #1 t1",
        "undo, or reopen_tasks with the ids, brings them back.",
    ]


DAILY = Recurrence("FREQ=DAILY", datetime(2026, 3, 1), "every day")  # noqa: DTZ001 - a wall time
REPEATING = replace(task(1), repeat=DAILY, due=date(2026, 3, 5))


@pytest.mark.parametrize(
    ("action", "outcome", "line"),
    [
        (
            COMPLETE,
            Outcome(1, REPEATING, True, moved_on=True),
            "; it repeats, next due Thu 2026-03-05",
        ),
        (COMPLETE, Outcome(1, REPEATING, True), "; it was the last one"),
        (SKIP, Outcome(1, REPEATING, True, moved_on=True), "; it repeats, next due Thu 2026-03-05"),
        (SKIP, Outcome(1, REPEATING, True), "; it was the last one"),
        (REOPEN, Outcome(1, REPEATING, True), ""),
        (
            COMPLETE,
            Outcome(1, task(1), True, open_subtasks=(2, 3), open_blockers=(4,)),
            "; still open below it: #2, #3; it was still waiting for #4",
        ),
    ],
)
def test_changed_task_tells_what_follows(action: StatusAction, outcome: Outcome, line: str) -> None:
    assert results.moved(action, [outcome]) == f"{action.past} #1 t1{line}"


@pytest.mark.parametrize(
    ("action", "status", "line"),
    [
        (COMPLETE, Status.DONE, "#1 t1: not open."),
        (SKIP, Status.OPEN, "#1 t1: doesn't repeat, so there is nothing to skip."),
        (SKIP, Status.DONE, "#1 t1: not open."),
        (SKIP, Status.DELETED, "#1: no such task."),
        (REOPEN, Status.OPEN, "#1 t1: already open."),
        (DELETE, Status.DELETED, "#1 t1: already deleted."),
    ],
)
def test_task_that_stays_as_it_was_tells_why(
    action: StatusAction, status: Status, line: str
) -> None:
    assert results.moved(action, [Outcome(1, task(1, status), False)]) == line


def test_long_undo_tells_how_many_tasks_it_was_about() -> None:
    change = Undone("import", NOW, tuple(task(n) for n in range(20)))
    assert len(results.undone([change], {}).splitlines()) == 21
    change = replace(change, tasks=(*change.tasks, task(20)))
    assert results.undone([change], {}).splitlines()[-1] == "... 21 tasks in all."


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        (None, None, "Ever"),
        (4, 4, "Wed 2026-03-04"),
        (2, 8, "Mon 2026-03-02 to Sun 2026-03-08"),
        (2, None, "Since Mon 2026-03-02"),
        (None, 8, "Until Sun 2026-03-08"),
    ],
)
def test_counts_name_their_days(first: int | None, last: int | None, span: str) -> None:
    begin, end = (date(2026, 3, day) if day else None for day in (first, last))
    stats = Stats(Days(begin, end), open=5, overdue=1, due_today=2, added=3, completed=4)
    assert results.counted(stats).splitlines() == [
        "Open: 5 (1 overdue, 2 due today).",
        f"{span}: 4 completed, 3 added.",
    ]


def test_counts_name_the_twenty_largest_projects() -> None:
    projects = tuple((f"p{n}", 30 - n) for n in range(21))
    stats = Stats(Days(None, None), 1, 0, 0, 0, 0, projects)
    line = results.counted(stats).splitlines()[-1]
    assert line.startswith("Open by project: p0 30, p1 29, ")
    assert line.endswith("p19 11.")


@pytest.mark.parametrize(("times", "told"), [(1, "done 1 time"), (2, "done 2 times")])
def test_repeating_task_tells_how_often_it_was_done(times: int, told: str) -> None:
    page = Page((task(1),), 1, 0, times={1: times}, done_at={1: NOW})
    assert results.listed(page, UTC).splitlines()[1] == f"#1 t1 | {told}"


def test_list_tells_which_open_tasks_block() -> None:
    page = Page((replace(task(1), blocked_by=(2, 3)),), 1, 0, blockers={1: (3,)})
    assert results.listed(page, UTC).splitlines()[1] == "#1 t1 | blocked by #3"
    page = Page((replace(task(1), blocked_by=(2, 3)),), 1, 0)
    assert results.listed(page, UTC).splitlines()[1] == "#1 t1"
