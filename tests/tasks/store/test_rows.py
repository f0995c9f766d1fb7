"""A task comes back from its row, and from a snapshot of the history, as it was."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, select

from app.errors import TaskRefusal
from app.tasks import Priority, Recurrence, Status, Task
from app.tasks.store.queries import TaskRows
from app.tasks.store.rows import counters, from_snapshot, ids_in, tasks, to_row, to_snapshot
from tests.tasks.making import NEW_YORK, NOW, a_task

FULL = a_task(
    3,
    "Café, Straße",
    notes="two\nlines",
    status=Status.DONE,
    priority=Priority.HIGH,
    tags=("home", "b-c"),
    project="Big House",
    parent_id=1,
    blocked_by=(1, 22),
    due=date(2026, 3, 13),
    due_text="friday the 13th",
    repeat=Recurrence("FREQ=DAILY", datetime(2026, 3, 13, 9), "every day", True),  # noqa: DTZ001
    completed_at=NOW,
)
TWICE = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
TASKS = [
    a_task(),
    FULL,
    a_task(due=datetime(2026, 3, 13, 17, 0, tzinfo=NEW_YORK)),
    a_task(due=datetime(2026, 3, 13, 17, 0, tzinfo=ZoneInfo("Asia/Tokyo"))),
    a_task(due=TWICE),
    a_task(due=TWICE.replace(fold=1)),
    a_task(repeat=Recurrence("FREQ=DAILY", datetime(2026, 3, 13, 9), "")),  # noqa: DTZ001
]


def due_of(task: Task) -> Any:
    return (
        task.due,
        type(task.due),
        getattr(task.due, "fold", None),
        getattr(task.due, "tzinfo", ""),
    )


@pytest.mark.parametrize("task", TASKS)
def test_task_comes_back_from_its_row(rows: TaskRows, task: Task) -> None:
    rows.write([], [task])
    (stored,) = rows.where()
    assert stored == task
    assert due_of(stored) == due_of(task)


@pytest.mark.parametrize("task", TASKS)
def test_task_comes_back_from_its_snapshot(rows: TaskRows, task: Task) -> None:
    rows.write([], [a_task(task.id, "changed", tags=("z",), due=date(2020, 1, 1))])
    rows.overwrite(task.id, from_snapshot(to_snapshot(task)))
    (stored,) = rows.where()
    assert stored == task
    assert due_of(stored) == due_of(task)
    assert rows.where(tasks.c.search.contains(" cafe")) == ([task] if task is FULL else [])


def test_columns_that_filters_use_are_filled() -> None:
    row = to_row(FULL)
    assert (row["title_key"], row["project_key"]) == ("café, strasse", "big house")
    assert row["search"] == " cafe strasse two lines"
    assert (row["tags"], row["blocked_by"]) == ("|home|b-c|", "|1|22|")
    timed = to_row(a_task(due=datetime(2026, 3, 4, 23, 0, tzinfo=NEW_YORK)))
    assert timed["due_date"] == date(2026, 3, 4)
    assert timed["due_utc"].astimezone(UTC) == datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
    assert to_row(a_task())["tags"] == ""
    assert ids_in("|3|5|") == (3, 5)
    assert ids_in("") == ()


def test_snapshot_of_an_older_version_changes_what_it_holds() -> None:
    older = {
        name: to_snapshot(FULL)[name] for name in ("id", "title", "notes", "status", "due_date")
    }
    row = from_snapshot(older)
    assert row == {
        "id": 3,
        "title": FULL.title,
        "notes": FULL.notes,
        "status": "done",
        "due_date": FULL.due,
        "search": " cafe strasse two lines",
    }


def test_numbers_are_given_out_once_and_run_out(rows: TaskRows, connection: Connection) -> None:
    assert [rows.next_id(), rows.next_ids(3), rows.next_ids(0), rows.next_id()] == [1, 2, 5, 5]
    assert TaskRows(connection, "bob").next_ids(2**31 - 1) == 1
    connection.execute(insert(counters).values(user_id="eve", last_task_id=2**31 - 3))
    with pytest.raises(TaskRefusal, match="no numbers left"):
        TaskRows(connection, "eve").next_ids(3)
    assert TaskRows(connection, "eve").next_ids(2) == 2**31 - 2


def test_many_ids_are_looked_up_and_impossible_ones_passed_over(rows: TaskRows) -> None:
    rows.write([], [a_task(n) for n in range(1, 1102)])
    assert len(rows.get(range(1102, 0, -1))) == 1101
    assert rows.get([0, -1, 2**31, 10**30]) == {}
    rows.write([], [a_task(2**31 - 1)])
    assert list(rows.get([2**31 - 1])) == [2**31 - 1]


def test_open_task_of_the_same_title_and_due_is_found(rows: TaskRows) -> None:
    noon = datetime(2026, 3, 13, 12, 0, tzinfo=NEW_YORK)
    rows.write(
        [],
        [
            a_task(1, "a", due=noon.date()),
            a_task(2, "a", due=noon),
            a_task(3, "a"),
            a_task(4, "b", status=Status.DONE),
            a_task(5, "a", due=noon),
        ],
    )

    def found(title: str, due: object) -> int | None:
        task = rows.find_open(title, to_row(a_task(due=due)))
        return task.id if task else None

    assert [found("a", due) for due in (noon.date(), noon, None)] == [1, 2, 3]
    assert found("a", noon.replace(hour=13)) is None
    assert found("a", date(2026, 3, 14)) is None
    assert found("b", None) is None
    assert [task.id for task in rows.open_with_title("a")] == [1, 2, 3, 5]
    assert rows.open_with_title("b") == []


def test_rows_know_who_waits_for_whom(rows: TaskRows) -> None:
    rows.write(
        [],
        [
            a_task(1),
            a_task(2, blocked_by=(1, 3), parent_id=1),
            a_task(3, status=Status.DONE, blocked_by=(1,), parent_id=1),
            a_task(4, blocked_by=(3, 99)),
            a_task(5, status=Status.DELETED, parent_id=2),
            a_task(6, parent_id=1),
        ],
    )
    assert rows.waiting() == {2: (1,)}
    assert rows.open_subtasks(1) == (2, 6)
    assert rows.open_among([1, 3, 4, 99]) == (1, 4)
    assert rows.open_among([]) == ()
    assert rows.links() == {
        2: (1, (1, 3)),
        3: (1, (1,)),
        4: (None, (3, 99)),
        5: (2, ()),
        6: (1, ()),
    }


def test_projects_are_counted_whatever_their_case_the_largest_first(rows: TaskRows) -> None:
    names = ["b", "B", "a", "A", "c", None]
    rows.write([], [a_task(n, project=name) for n, name in enumerate(names, 1)])
    rows.write([], [a_task(9, project="c", status=Status.DONE)])
    assert rows.projects() == [("A", 2), ("B", 2), ("c", 1)]


def test_nothing_of_another_user_is_read_or_changed(rows: TaskRows, connection: Connection) -> None:
    bobs = TaskRows(connection, "bob")
    rows.write([], [a_task(1, project="p", blocked_by=(2,)), a_task(2, parent_id=1)])
    bobs.write([], [a_task(1, "bob's"), a_task(2, "bob's too")])
    bobs.overwrite(1, {"title": "changed"})
    bobs.write([a_task(2)], [a_task(2, "changed too")])
    assert [task.title for task in rows.where()] == ["task 1", "task 2"]
    assert [task.title for task in bobs.where()] == ["changed", "changed too"]
    assert (bobs.waiting(), bobs.links(), bobs.projects()) == ({}, {}, [])
    assert (bobs.open_subtasks(1), bobs.count(), rows.count(tasks.c.id == 1)) == ((), 2, 1)
    assert bobs.page([tasks.c.id < 9], [tasks.c.id], 0, 9)[1] == 2
    assert len(connection.execute(select(tasks)).all()) == 4
