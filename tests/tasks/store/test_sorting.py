"""The order of a list: by urgency on light rows, by anything else in SQL."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.errors import TaskRefusal
from app.tasks import Priority, Status
from app.tasks.store.queries import TaskRows
from app.tasks.store.sorting import by_urgency, order_of
from tests.tasks.making import CREATED, NEW_YORK, NOW, a_task

TODAY = date(2026, 3, 4)


def light(number: int, **more: Any) -> tuple[Any, ...]:
    """Return a row of `LIGHT_COLUMNS`."""
    row = {"status": "open", "due": None, "due_at": None, "priority": None, "created_at": NOW}
    return (number, *(row | more).values())


def order(*rows: tuple[Any, ...], waiting: dict[int, tuple[int, ...]] | None = None) -> list[int]:
    return by_urgency(rows, waiting or {}, NOW, TODAY)


def test_done_tasks_stand_behind_open_ones_however_urgent() -> None:
    assert order(light(1, status="done", due=TODAY, priority="high"), light(2)) == [2, 1]


def test_more_urgent_comes_first() -> None:
    assert order(light(1), light(2, priority="low"), light(3, due=TODAY)) == [3, 2, 1]


def test_older_task_is_more_urgent_by_whole_days() -> None:
    older = light(9, created_at=NOW - timedelta(days=40))
    assert order(light(1), older) == [9, 1]
    assert order(light(1), light(2, created_at=NOW - timedelta(hours=23))) == [1, 2]


def test_blocking_tasks_rise_and_blocked_ones_sink() -> None:
    assert order(light(1), light(2), light(3), waiting={1: (3,)}) == [3, 2, 1]


def test_equally_urgent_tasks_go_by_day_then_time_then_number() -> None:
    far = TODAY + timedelta(days=60)  # from two weeks ahead on all dues weigh the same
    at_nine, at_ten = (datetime(2026, 5, 3, hour, tzinfo=UTC) for hour in (9, 10))
    rows = [
        light(1, due=far),
        light(2, due=far, due_at=at_ten),
        light(3, due=far, due_at=at_nine),
        light(4, due=far - timedelta(days=1)),
        light(5, due=far),
    ]
    assert order(*rows) == [4, 3, 2, 1, 5]
    assert order(light(7), light(6)) == [6, 7]


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("due", [3, 2, 5, 1, 4]),
        ("priority", [1, 4, 2, 3, 5]),
        ("created", [5, 4, 3, 2, 1]),
        ("completed", [2, 5, 1, 3, 4]),
        ("title", [2, 3, 1, 4, 5]),
    ],
)
def test_sorted_by_a_column_with_nothing_last(rows: TaskRows, sort: str, ids: list[int]) -> None:
    nine = datetime(2026, 3, 6, 9, tzinfo=NEW_YORK)
    later, earlier = NOW, NOW - timedelta(days=1)
    tasks = [
        a_task(1, "c", due=date(2026, 3, 7), priority=Priority.HIGH),
        a_task(2, "A", due=nine, priority=Priority.LOW, completed_at=later),
        a_task(3, "b", due=date(2026, 3, 5)),
        a_task(4, "d", priority=Priority.MEDIUM),
        a_task(5, "e", due=nine.date(), completed_at=earlier),
    ]
    tasks = [replace(task, created_at=CREATED + timedelta(hours=task.id)) for task in tasks]
    rows.write([], tasks)
    page, total = rows.page([], order_of(sort), 0, 10)
    assert ([task.id for task in page], total) == (ids, 5)


def test_equal_tasks_are_sorted_by_number(rows: TaskRows) -> None:
    rows.write([], [a_task(number, "same") for number in (3, 1, 2)])
    for sort in ("due", "priority", "created", "completed", "title"):
        assert [task.id for task in rows.page([], order_of(sort), 0, 10)[0]] == [1, 2, 3]


def test_unknown_order_is_refused_with_the_known_ones() -> None:
    known = "urgency, due, priority, created, completed, title"
    with pytest.raises(TaskRefusal, match=f'sort "colour" not understood. Use one of {known}'):
        order_of("colour")


def test_page_by_urgency_is_cut_after_sorting(rows: TaskRows) -> None:
    rows.write([], [a_task(n, due=TODAY + timedelta(days=9 - n)) for n in range(1, 7)])
    rows.write([], [a_task(7, status=Status.DONE, due=TODAY)])
    page, total = rows.page_by_urgency([], NOW, TODAY, 2, 3)
    assert ([task.id for task in page], total) == ([4, 3, 2], 7)
    assert [task.id for task in rows.page_by_urgency([], NOW, TODAY, 6, 3)[0]] == [7]
