from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.tasks import Outcome, Page, Priority, Status, Task, Undone, actions, results

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


def task(number: int, status: Status = Status.OPEN) -> Task:
    return Task(number, f"t{number}", status, NOW, UUID(int=number))


def test_results_start_with_a_verb_and_echo_id_title_and_weekday() -> None:
    line = "#12 Pay rent | due Fri 2026-03-13 | high | #home"
    assert results.added(RENT, True, {}) == f"Added {line}"
    assert results.added(RENT, False, {}).startswith(f"Already there, nothing added: {line}")
    assert results.updated(RENT, True, {}) == f"Updated {line}"
    assert results.undone([Undone("add", NOW, (RENT,))], {}) == f"Undid the adding of:\n{line}"


def test_only_what_is_still_open_blocks() -> None:
    waits = replace(task(3), blocked_by=(1, 2))
    assert results.updated(waits, True, {3: (2,)}) == "Updated #3 t3 | blocked by #2"
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
    assert results.moved(actions.COMPLETE, answers).splitlines() == [
        "Completed #1 t1",
        "#2 t2: not open.",
        "#3: no such task.",
        "#4: no such task.",
    ]


def test_deletion_says_how_it_comes_back() -> None:
    told = results.moved(actions.DELETE, [Outcome(1, task(1, Status.DELETED), True)])
    assert told.splitlines() == [
        "Deleted #1 t1",
        "undo, or reopen_tasks with the ids, brings them back.",
    ]
