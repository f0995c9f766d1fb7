"""A task on one line: every part in its place, and nothing that isn't there."""

from datetime import date, datetime, timedelta

import pytest

from app.tasks import Priority, Recurrence, Status, Task, is_overdue, repeat_words, task_line
from tests.tasks.making import NEW_YORK, NOW, a_task

DAILY = Recurrence("FREQ=DAILY", datetime(2026, 3, 1), "every day")  # noqa: DTZ001 - a wall time


def test_bare_task_is_its_number_and_title() -> None:
    assert task_line(a_task(7, "Pay rent")) == "#7 Pay rent"


def test_every_part_has_its_place() -> None:
    task = a_task(
        7,
        "Pay rent",
        due=datetime(2026, 3, 13, 17, 0, tzinfo=NEW_YORK),
        repeat=DAILY,
        priority=Priority.LOW,
        project="Big house",
        tags=("home", "x"),
        parent_id=3,
        blocked_by=(4, 5),
        status=Status.DONE,
        notes="two\nlines",
    )
    assert task_line(task).split(" | ") == [
        "#7 Pay rent",
        "due Fri 2026-03-13 17:00",
        "repeats every day",
        "low",
        "project Big house",
        "#home",
        "#x",
        "subtask of #3",
        "blocked by #4, #5",
        "done",
        "notes: two lines",
    ]


@pytest.mark.parametrize(
    ("open_blockers", "told"),
    [(None, " | blocked by #4, #5"), ((5,), " | blocked by #5"), ((), "")],
)
def test_blockers_are_those_that_are_still_open(
    open_blockers: tuple[int, ...] | None, told: str
) -> None:
    assert task_line(a_task(blocked_by=(4, 5)), open_blockers) == f"#1 task 1{told}"


@pytest.mark.parametrize(("length", "shown"), [(80, "x" * 80), (81, "x" * 80 + "...")])
def test_long_notes_are_cut(length: int, shown: str) -> None:
    assert task_line(a_task(notes="x" * length)) == f"#1 task 1 | notes: {shown}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("every  day", "every day"),
        ("each monday", "each monday"),
        ("daily", "(daily)"),
        ("", "(FREQ=DAILY)"),
    ],
)
def test_repeat_is_told_in_the_persons_words_where_they_fit(text: str, words: str) -> None:
    assert repeat_words(Recurrence("FREQ=DAILY", DAILY.anchor, text)) == words


TODAY = NOW.astimezone(NEW_YORK)


@pytest.mark.parametrize(
    ("task", "overdue"),
    [
        (a_task(), False),
        (a_task(due=date(2026, 3, 3)), True),
        (a_task(due=date(2026, 3, 4)), False),
        (a_task(due=TODAY - timedelta(minutes=1)), True),
        (a_task(due=TODAY), False),
        (a_task(due=date(2026, 3, 3), status=Status.DONE), False),
    ],
)
def test_day_is_overdue_when_it_is_over_and_a_time_when_it_is_past(
    task: Task, overdue: bool
) -> None:
    assert is_overdue(task, TODAY) is overdue
