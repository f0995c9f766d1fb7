import pytest
from sqlalchemy import Engine, select

from app.errors import TaskRefusal
from app.tasks import Owner, Status, TaskService
from app.tasks.store.rows import changes
from tests.fakes.clock import FixedClock


def test_undo_goes_back_several_steps_and_says_what_it_did(
    service: TaskService, ann: Owner
) -> None:
    service.add(ann, "a", project="p")
    service.add(ann, "b")
    before = service.find(ann).tasks
    service.update(ann, 1, project="none", blocked_by=[2])
    service.complete(ann, [1, 2])
    service.delete(ann, [1, 2])
    undone = service.undo(ann, 3)
    assert [change.action for change in undone] == ["delete", "complete", "update"]
    assert service.find(ann).tasks == before
    assert [change.action for change in service.undo(ann, 50)] == ["add", "add"]
    with pytest.raises(TaskRefusal, match="nothing to undo"):
        service.undo(ann)


def test_every_change_is_an_event_even_an_undo(
    service: TaskService, ann: Owner, engine: Engine, clock: FixedClock
) -> None:
    service.add(ann, "a")
    clock.move(minutes=1)
    service.complete(ann, [1])
    service.undo(ann)
    with engine.connect() as connection:
        rows = connection.execute(select(changes).order_by(changes.c.id)).all()
    assert [(row.user_id, row.action) for row in rows] == [
        ("ann", "add"),
        ("ann", "complete"),
        ("ann", "undo"),
    ]
    (before,), (after,), (undone,) = rows[1].before, rows[1].after, rows[2].after
    assert [one["status"] for one in (before, after, undone)] == ["open", "done", "open"]


def test_same_call_is_carried_out_once(service: TaskService, ann: Owner, bob: Owner) -> None:
    def add(tasks: TaskService, owner: Owner) -> str:
        return str(tasks.add(owner, "a", allow_duplicate=True)[0].id)

    assert service.once(ann, "call 1", lambda tasks: add(tasks, ann)) == "1"
    assert service.once(ann, "call 1", lambda tasks: add(tasks, ann)) == "1"
    assert service.once(ann, "call 2", lambda tasks: add(tasks, ann)) == "2"
    assert service.once(bob, "call 1", lambda tasks: add(tasks, bob)) == "1"
    assert service.find(ann).total == 2
    assert service.find(bob).total == 1
    assert service.result_of(ann, "call 1") == "1"
    assert service.result_of(bob, "call 2") is None


def test_change_and_record_of_a_call_stand_or_fall_together(
    service: TaskService, ann: Owner
) -> None:
    def half(tasks: TaskService) -> str:
        tasks.add(ann, "a")
        tasks.complete(ann, [1])
        raise TaskRefusal("no")

    with pytest.raises(TaskRefusal):
        service.once(ann, "call", half)
    assert service.find(ann, status="all").total == 0
    assert service.result_of(ann, "call") is None
    assert service.once(ann, "call", lambda tasks: tasks.add(ann, "a")[0].title) == "a"


def test_reopen_restores_deleted_tasks_by_id(service: TaskService, ann: Owner) -> None:
    service.add(ann, "a", due="friday", tags=["t"])
    before = service.find(ann).tasks
    service.delete(ann, [1])
    (answer,) = service.reopen(ann, [1])
    assert answer.task is not None
    assert answer.task.status is Status.OPEN
    assert service.find(ann).tasks == before
