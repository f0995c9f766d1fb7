"""How much one request may name or ask for: nothing above is carried out in part."""

import pytest
from sqlalchemy import Engine

from app.errors import TaskRefusal
from app.tasks import Owner, Status, TaskService
from app.tasks.store.queries import TaskRows
from tests.tasks.making import a_task


def test_hundred_ids_at_once_and_no_more(memory_service: TaskService, ann: Owner) -> None:
    memory_service.add(ann, "a")
    for change in (memory_service.complete, memory_service.reopen, memory_service.delete):
        assert len(change(ann, range(1, 101))) == 100
        with pytest.raises(TaskRefusal, match="101 ids at once are too many; send at most 100"):
            change(ann, range(1, 102))
        with pytest.raises(TaskRefusal, match="No task ids were given"):
            change(ann, [])
    assert [change.action for change in memory_service.undo(ann, 50)] == [
        *("delete", "reopen", "complete", "add")
    ]


def test_fifty_steps_of_undo_and_no_more(memory_service: TaskService, ann: Owner) -> None:
    for number in range(51):
        memory_service.add(ann, f"t{number}")
    for steps in (0, 51):
        with pytest.raises(TaskRefusal, match=f"{steps} steps can't be undone. Send 1 to 50."):
            memory_service.undo(ann, steps)
    assert len(memory_service.undo(ann, 50)) == 50
    assert [task.title for task in memory_service.find(ann).tasks] == ["t0"]


def stored(memory: Engine, count: int) -> None:
    """Store so many tasks of Ann's, the first of which is deleted."""
    with memory.begin() as connection:
        tasks = [a_task(1, status=Status.DELETED), *map(a_task, range(2, count + 1))]
        TaskRows(connection, "ann").write([], tasks)


def test_tasks_are_named_for_a_hundred_references(
    memory: Engine, memory_service: TaskService, ann: Owner
) -> None:
    stored(memory, 101)
    named = memory_service.named(ann, ["TASK 4", 1, "unknown", 2])
    assert [task.id for task in named] == [1, 2, 4]
    assert len(memory_service.named(ann, range(1, 102))) == 100
    assert memory_service.named(ann, []) == ()


@pytest.mark.parametrize(("offset", "start"), [(-5, 0), (2, 2), (10**6, 10**6), (10**12, 10**6)])
def test_offset_is_brought_into_bounds(
    memory: Engine, memory_service: TaskService, ann: Owner, offset: int, start: int
) -> None:
    stored(memory, 4)
    page = memory_service.find(ann, offset=offset)
    assert (page.offset, page.total, len(page.tasks)) == (start, 3, max(0, 3 - start))


def test_page_has_twenty_tasks_unless_another_number_is_asked_for(
    memory: Engine, memory_service: TaskService, ann: Owner
) -> None:
    stored(memory, 22)
    assert len(memory_service.find(ann).tasks) == 20
    assert len(memory_service.find(ann, sort="created", limit=3).tasks) == 3
