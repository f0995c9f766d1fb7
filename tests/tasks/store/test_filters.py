"""What each word of a list's filters lets through, at the edges of days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import ColumnElement, Connection, insert

from app.errors import TaskRefusal
from app.tasks import Days, Owner, Priority, Status
from app.tasks.store import filters
from app.tasks.store.day_filters import days_of
from app.tasks.store.queries import TaskRows
from app.tasks.store.rows import completions
from tests.tasks.making import ANN, NEW_YORK, NOW, REQUEST, a_task

WEDNESDAY = date(2026, 3, 4)


def numbers(rows: TaskRows, condition: ColumnElement[bool]) -> list[int]:
    return [task.id for task in rows.where(condition)]


def due_when(when: str, owner: Owner = ANN) -> ColumnElement[bool]:
    return filters.due_when(when, owner, NOW, REQUEST.due)


@pytest.fixture
def each_day(rows: TaskRows) -> TaskRows:
    """Tasks 1 to 9, due from yesterday on, and 10 without a due."""
    days = [WEDNESDAY + timedelta(days=n - 2) for n in range(1, 10)]
    rows.write([], [a_task(n, due=day) for n, day in enumerate(days, 1)] + [a_task(10)])
    return rows


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("week", [2, 3, 4, 5, 6, 7, 8]),
        (" Week ", [2, 3, 4, 5, 6, 7, 8]),
        ("today", [1, 2]),
        ("today only", [2]),
        ("today or overdue", [1, 2]),
        ("upcoming", [3, 4, 5, 6, 7, 8, 9]),
        ("overdue", [1]),
        ("no_date", [10]),
        ("all", list(range(1, 11))),
        ("", list(range(1, 11))),
        ("..tomorrow", [1, 2, 3]),
        ("tomorrow..", [3, 4, 5, 6, 7, 8, 9]),
        ("today..tomorrow", [2, 3]),
        ("tomorrow at 5pm", [3]),
    ],
)
def test_each_word_means_its_days(each_day: TaskRows, when: str, found: list[int]) -> None:
    assert numbers(each_day, due_when(when)) == found


def test_day_is_overdue_once_it_is_over_and_a_time_once_it_is_past(rows: TaskRows) -> None:
    local = NOW.astimezone(NEW_YORK)
    dues = [WEDNESDAY, WEDNESDAY - timedelta(days=1), local - timedelta(minutes=1), local]
    rows.write([], [a_task(n, due=due) for n, due in enumerate(dues, 1)])
    assert numbers(rows, due_when("overdue")) == [2, 3]
    in_tokyo = Owner("ann", ZoneInfo("Asia/Tokyo"))  # Thursday there
    assert numbers(rows, due_when("overdue", in_tokyo)) == [1, 2, 3]


def test_word_that_is_no_day_is_refused_with_the_words_that_are() -> None:
    with pytest.raises(TaskRefusal, match=r'when "soon" not understood\. Use today, overdue, week'):
        due_when("soon")


DONE_DAYS: list[tuple[str, Any]] = [
    ("week", Days(WEDNESDAY - timedelta(days=6), WEDNESDAY)),
    ("last 7 days", Days(WEDNESDAY - timedelta(days=6), WEDNESDAY)),
    ("the past 1 days", Days(WEDNESDAY, WEDNESDAY)),
    ("last 0 days", Days(WEDNESDAY, WEDNESDAY)),
    ("today", Days(WEDNESDAY, WEDNESDAY)),
    ("..today", Days(None, WEDNESDAY)),
    ("all", None),
    ("", None),
]


@pytest.mark.parametrize(("when", "days"), DONE_DAYS)
def test_done_tasks_are_asked_for_by_days_that_are_past(when: str, days: Days | None) -> None:
    assert filters.done_days(when, ANN, NOW, REQUEST.due) == days


@pytest.mark.parametrize("when", ["overdue", "upcoming", "no_date"])
def test_words_for_dues_mean_nothing_for_done_tasks(when: str) -> None:
    with pytest.raises(TaskRefusal, match="means nothing for done tasks"):
        filters.done_days(when, ANN, NOW, REQUEST.due)


def test_done_days_may_begin_today_and_not_tomorrow() -> None:
    assert filters.done_days("this week", ANN, NOW, REQUEST.due) is not None
    with pytest.raises(TaskRefusal, match="lies ahead"):
        filters.done_days("tomorrow", ANN, NOW, REQUEST.due)


def test_done_day_is_the_persons_from_midnight_to_midnight(rows: TaskRows) -> None:
    begin = datetime.combine(WEDNESDAY, time(), NEW_YORK).astimezone(UTC)
    second = timedelta(seconds=1)
    instants = [
        begin - second,
        begin,
        begin + timedelta(days=1) - second,
        begin + timedelta(days=1),
    ]
    rows.write(
        [], [a_task(n, status=Status.DONE, completed_at=at) for n, at in enumerate(instants)]
    )
    found = numbers(rows, filters.done_in(Days(WEDNESDAY, WEDNESDAY), ANN))
    assert found == [1, 2]
    assert numbers(rows, filters.done_in(Days(None, WEDNESDAY), ANN)) == [0, 1, 2]
    assert numbers(rows, filters.done_in(Days(WEDNESDAY, None), ANN)) == [1, 2, 3]
    assert numbers(rows, filters.done_in(None, ANN)) == [0, 1, 2, 3]


def test_repeating_task_counts_as_done_on_the_days_of_its_instances(
    rows: TaskRows, connection: Connection
) -> None:
    rows.write([], [a_task(1), a_task(2), a_task(3, status=Status.DELETED)])
    instance = {"change_id": 1, "completed_at": NOW}
    for user_id, task_id in (("ann", 1), ("bob", 2), ("ann", 3)):
        row = {**instance, "user_id": user_id, "task_id": task_id}
        connection.execute(insert(completions).values(row))
    assert numbers(rows, filters.done_in(Days(WEDNESDAY, WEDNESDAY), ANN)) == [1]
    yesterday = WEDNESDAY - timedelta(days=1)
    assert numbers(rows, filters.done_in(Days(yesterday, yesterday), ANN)) == []
    assert rows.done_instances(
        filters.within(completions.c.completed_at, Days(None, None), ANN)
    ) == {
        1: (1, NOW),
        3: (1, NOW),
    }


@pytest.mark.parametrize(
    ("status", "found"),
    [("open", [1]), ("done", [2]), ("deleted", [3]), ("all", [1, 2]), (" Done ", [2])],
)
def test_status_words(rows: TaskRows, status: str, found: list[int]) -> None:
    rows.write([], [a_task(n, status=status) for n, status in enumerate(Status, 1)])
    assert numbers(rows, filters.has_status(status)) == found


def test_tag_project_and_priority(rows: TaskRows) -> None:
    rows.write(
        [],
        [
            a_task(1, tags=("home", "x"), project="Big House", priority=Priority.HIGH),
            a_task(2, tags=("homework", "h_me")),
            a_task(3, project="big house", priority=Priority.LOW),
        ],
    )
    assert numbers(rows, filters.has_tag("#Home")) == [1]
    assert numbers(rows, filters.has_tag("h_me")) == [2]
    assert numbers(rows, filters.has_tag("#")) == []
    assert numbers(rows, filters.in_project("BIG HOUSE")) == [1, 3]
    assert numbers(rows, filters.in_project("none")) == [2]
    assert numbers(rows, filters.has_priority("High")) == [1]
    assert numbers(rows, filters.has_priority("none")) == [2]


@pytest.mark.parametrize(
    ("read", "word"),
    [
        (filters.has_tag, "two words"),
        (filters.has_priority, "urgent"),
        (filters.has_status, "gone"),
        (filters.in_project, "x" * 101),
    ],
)
def test_word_that_a_field_cannot_hold_is_refused(read: Callable[[str], Any], word: str) -> None:
    with pytest.raises(TaskRefusal):
        read(word)


SPANS = {
    "this week": ("2026-03-02", "2026-03-08"),
    "next week": ("2026-03-09", "2026-03-15"),
    "last week": ("2026-02-23", "2026-03-01"),
    "this month": ("2026-03-01", "2026-03-31"),
    "next month": ("2026-04-01", "2026-04-30"),
    "last month": ("2026-02-01", "2026-02-28"),
    "this year": ("2026-01-01", "2026-12-31"),
    "last year": ("2025-01-01", "2025-12-31"),
    "this weekend": ("2026-03-07", "2026-03-08"),
    " This  Week": ("2026-03-02", "2026-03-08"),
    "last 30 days": ("2026-02-03", "2026-03-04"),
    "2026-03-01...2026-03-02": ("2026-03-01", "2026-03-02"),
    "today..today": ("2026-03-04", "2026-03-04"),
}


@pytest.mark.parametrize("words", SPANS)
def test_span_has_its_first_and_its_last_day(words: str) -> None:
    first, last = (date.fromisoformat(day) for day in SPANS[words])
    assert days_of(words, WEDNESDAY, REQUEST.due) == Days(first, last)


def test_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(TaskRefusal, match="ends before it begins"):
        days_of("tomorrow..today", WEDNESDAY, REQUEST.due)
