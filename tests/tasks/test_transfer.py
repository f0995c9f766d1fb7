"""Which numbers an import gives, what it passes over, and what a purge leaves behind."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from app.errors import TaskRefusal
from app.tasks import (
    ImportCounts,
    Owner,
    Portable,
    Priority,
    Recurrence,
    Status,
    TaskArchive,
    TaskService,
)
from app.tasks.store import TaskRows, changes
from tests.tasks.making import NOW, a_task

NOBODY = UUID(int=999)


def numbers(archive: TaskArchive, owner: Owner) -> list[int]:
    return [portable.task.id for portable in archive.everything(owner)]


def a_file(*ids: int, first_uuid: int = 100) -> list[Portable]:
    """Return the tasks of a file, with these numbers."""
    return [
        Portable(replace(a_task(first_uuid + n), id=task_id), line=n)
        for n, task_id in enumerate(ids, 1)
    ]


def test_import_never_gives_out_a_number_that_a_purged_task_had(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    for title in "abc":
        memory_service.add(ann, title)
    memory_service.delete(ann, [2, 3])
    assert memory_archive.purge(ann) == 2
    memory_archive.bring_in(ann, a_file(3, 2), upsert=True)
    assert numbers(memory_archive, ann) == [1, 4, 5]
    assert memory_service.add(ann, "d")[0].id == 6


@pytest.mark.parametrize(
    ("ids", "given"),
    [
        ((5, 9), [1, 5, 9]),
        ((2, 3), [1, 2, 3]),
        ((1, 9), [1, 2, 3]),
        ((9, 9), [1, 2, 3]),
        ((0, 0), [1, 2, 3]),
        ((0, 9), [1, 2, 3]),
        ((), [1]),
    ],
)
def test_import_keeps_the_numbers_of_a_file_if_all_of_them_are_free(
    memory_service: TaskService,
    memory_archive: TaskArchive,
    ann: Owner,
    ids: tuple[int, ...],
    given: list[int],
) -> None:
    memory_service.add(ann, "a")
    memory_archive.bring_in(ann, a_file(*ids), upsert=True)
    assert numbers(memory_archive, ann) == given
    assert memory_service.add(ann, "next")[0].id == given[-1] + 1


def test_known_task_keeps_its_own_number(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    memory_service.add(ann, "a")
    (stored,) = memory_archive.everything(ann)
    changed = replace(stored, task=replace(stored.task, id=7, title="b"))
    assert memory_archive.bring_in(ann, [changed], upsert=True) == ImportCounts(0, 1, 0)
    assert [(one.task.id, one.task.title) for one in memory_archive.everything(ann)] == [(1, "b")]
    assert memory_archive.bring_in(ann, [changed], upsert=True) == ImportCounts(0, 0, 1)


@pytest.mark.parametrize(
    ("more", "is_a_copy"),
    [
        ({}, True),
        ({"uuid": UUID(int=5), "id": 9, "tags": ("y", "x"), "due_text": "said so"}, True),
        ({"parent_id": 4, "created_at": NOW}, True),
        ({"title": "b"}, False),
        ({"status": Status.DONE}, False),
        ({"priority": Priority.HIGH}, False),
        ({"tags": ("x",)}, False),
        ({"project": "p"}, False),
        ({"due": None}, False),
        ({"due": NOW}, False),
        ({"notes": "n"}, False),
        ({"repeat": None}, False),
        ({"repeat": Recurrence("BYDAY=MO;FREQ=WEEKLY", NOW, "")}, True),
    ],
)
def test_copy_of_a_task_is_alike_in_every_field_of_a_file(
    memory_archive: TaskArchive, ann: Owner, more: dict[str, object], is_a_copy: bool
) -> None:
    task = a_task(
        tags=("x", "y"),
        due=NOW.date(),
        repeat=Recurrence("FREQ=WEEKLY;BYDAY=MO", NOW, "every monday"),
    )
    memory_archive.bring_in(ann, [Portable(task)], upsert=False)
    other = Portable(replace(task, **{"uuid": UUID(int=6)} | more))  # type: ignore[arg-type]
    again = replace(other, task=replace(other.task, uuid=UUID(int=7), id=0))
    counts = memory_archive.bring_in(ann, [other, again], upsert=False)
    assert counts == (ImportCounts(1, 0, 1) if is_a_copy else ImportCounts(2, 0, 0))


def test_links_become_numbers_and_lead_into_the_store_too(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    stored, _ = memory_service.add(ann, "a")
    first, second = a_file(0, 0)
    first = replace(first, parent=stored.uuid, blocked_by=(second.task.uuid,))
    memory_archive.bring_in(ann, [first, second], upsert=True)
    (_, linked, _) = memory_archive.everything(ann)
    assert (linked.task.parent_id, linked.task.blocked_by) == (1, (3,))
    assert (linked.parent, linked.blocked_by) == (stored.uuid, (second.task.uuid,))


def test_link_that_leads_nowhere_or_in_a_circle_is_refused_and_nothing_comes_in(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    memory_service.add(ann, "a")
    first, second = a_file(0, 0)
    one, two = first.task.uuid, second.task.uuid
    for bad, line in (
        ([replace(first, parent=NOBODY)], 1),
        ([first, replace(second, blocked_by=(one, NOBODY))], 2),
        ([replace(first, parent=one)], 1),
        ([replace(first, parent=two), replace(second, parent=one)], 1),
        ([first, replace(second, blocked_by=(two,))], 2),
    ):
        with pytest.raises(TaskRefusal, match=rf"^Line {line}: .* Nothing was imported\.$"):
            memory_archive.bring_in(ann, bad, upsert=True)
    assert numbers(memory_archive, ann) == [1]
    assert memory_service.add(ann, "b")[0].id == 2


def test_circle_through_a_stored_task_is_refused(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    memory_service.add(ann, "a")
    memory_service.add(ann, "b", blocked_by=[1])
    first, second = memory_archive.everything(ann)
    circle = replace(first, blocked_by=(second.task.uuid,), line=4)
    with pytest.raises(TaskRefusal, match="Line 4: the task hangs on itself in a circle"):
        memory_archive.bring_in(ann, [circle], upsert=True)


def test_completions_come_once_and_undo_takes_them_back(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    (bare,) = a_file(1)
    done = replace(bare, completions=(NOW - timedelta(days=1), NOW))
    assert memory_archive.bring_in(ann, [bare], upsert=True) == ImportCounts(1, 0, 0)
    assert memory_archive.bring_in(ann, [done], upsert=True) == ImportCounts(0, 0, 1)
    memory_archive.bring_in(ann, [done], upsert=True)
    assert memory_archive.everything(ann)[0].completions == done.completions
    assert memory_service.undo(ann)[0].action == "import"
    assert memory_archive.everything(ann)[0].completions == ()


def test_import_is_one_change_and_none_where_nothing_came(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    file = a_file(1, 2)
    memory_archive.bring_in(ann, file, upsert=True)
    memory_archive.bring_in(ann, file, upsert=True)
    (undone,) = memory_service.undo(ann)
    assert (undone.action, len(undone.tasks)) == ("import", 2)
    with pytest.raises(TaskRefusal, match="nothing to undo"):
        memory_service.undo(ann)


def test_progress_adds_up_to_the_tasks_that_were_stored(
    memory_archive: TaskArchive, ann: Owner
) -> None:
    told: list[int] = []
    memory_archive.bring_in(ann, a_file(*range(1, 702)), upsert=True, tick=told.append)
    assert told == [500, 201]


def test_purge_takes_the_deleted_tasks_and_every_trace_of_them(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner, bob: Owner
) -> None:
    for owner in (ann, bob):
        for title in ("kept", "gone"):
            memory_service.add(owner, title, due="today", repeat="every day")
        memory_service.complete(owner, [1, 2])
        memory_service.delete(owner, [2])
    assert memory_archive.purge(ann) == 1
    assert [len(one.completions) for one in memory_archive.everything(ann)] == [1]
    assert [len(one.completions) for one in memory_archive.everything(bob)] == [1, 1]
    assert [change.action for change in memory_service.undo(ann, 9)] == ["complete", "add"]
    assert [change.action for change in memory_service.undo(bob, 1)] == ["delete"]
    assert memory_archive.purge(bob) == 0


def test_forgetting_removes_one_users_rows_from_every_table(
    memory_service: TaskService,
    memory_archive: TaskArchive,
    memory: Engine,
    ann: Owner,
    bob: Owner,
) -> None:
    for owner in (ann, bob):
        memory_service.once(owner, "k", lambda tasks, owner=owner: _everything(tasks, owner))  # type: ignore[misc]
    assert memory_archive.forget(ann) == (1, 2)
    assert memory_archive.everything(ann) == []
    assert memory_service.result_of(ann, "k") is None
    assert memory_service.add(ann, "anew")[0].id == 1
    assert (len(memory_archive.everything(bob)), memory_service.result_of(bob, "k")) == (1, "x")
    assert memory_archive.forget(bob) == (1, 2)


def _everything(tasks: TaskService, owner: Owner) -> str:
    tasks.add(owner, "a", repeat="every day")
    tasks.complete(owner, [1])
    return "x"


def test_last_number_of_all_is_not_given_again_when_its_task_is_purged(
    memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    for title in "ab":
        memory_service.add(ann, title)
    memory_service.delete(ann, [2])
    memory_archive.purge(ann)
    memory_archive.bring_in(ann, a_file(2), upsert=True)
    assert numbers(memory_archive, ann) == [1, 3]


def test_two_alike_of_one_file_are_two_tasks_and_the_file_again_adds_none(
    memory_archive: TaskArchive, ann: Owner
) -> None:
    twice = [Portable(a_task(number, "same")) for number in (1, 2)]
    assert memory_archive.bring_in(ann, twice, upsert=False) == ImportCounts(2, 0, 0)
    again = [Portable(a_task(number, "same")) for number in (3, 4)]
    assert memory_archive.bring_in(ann, again, upsert=False) == ImportCounts(0, 0, 2)


def test_purge_frees_the_tasks_that_hung_on_what_is_gone(
    memory: Engine, memory_archive: TaskArchive, ann: Owner
) -> None:
    tasks = [
        a_task(1, status=Status.DELETED),
        a_task(2),
        a_task(3, parent_id=1, blocked_by=(1, 2)),
        a_task(4, parent_id=2, blocked_by=(1,)),
        a_task(5, parent_id=2, blocked_by=(2,)),
        a_task(6, parent_id=1, status=Status.DELETED),
    ]
    with memory.begin() as connection:
        TaskRows(connection, "ann").write([], tasks)
    assert memory_archive.purge(ann) == 2
    left = {one.task.id: one.task for one in memory_archive.everything(ann)}
    links = {number: (task.parent_id, task.blocked_by) for number, task in left.items()}
    assert links == {2: (None, ()), 3: (None, (2,)), 4: (2, ()), 5: (2, (2,))}


def test_purge_leaves_no_word_of_a_task_in_the_history(
    memory: Engine, memory_service: TaskService, memory_archive: TaskArchive, ann: Owner
) -> None:
    for title in ("kept", "secret"):
        memory_service.add(ann, title)
    memory_service.complete(ann, [1, 2])
    memory_service.delete(ann, [2])
    memory_archive.purge(ann)
    with memory.connect() as connection:
        left = connection.execute(select(changes.c.action, changes.c.before, changes.c.after)).all()
    assert [row.action for row in left] == ["add", "complete"]
    assert "secret" not in str(left)
    assert "kept" in str(left)
