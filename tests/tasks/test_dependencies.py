import pytest

from app.errors import TaskRefusal
from app.tasks import Owner, TaskService


def test_completing_says_what_is_still_open_below_and_before(
    service: TaskService, ann: Owner
) -> None:
    for title in ("Party", "Cake", "Guests"):
        service.add(ann, title)
    service.add(ann, "Invite", parent_id=1, blocked_by=[3])
    service.update(ann, 2, parent_id="Party")
    (party,) = service.complete(ann, [1])
    assert party.open_subtasks == (2, 4)
    (invite,) = service.complete(ann, [4])
    assert invite.open_blockers == (3,)


def test_blocked_is_derived_from_who_is_open(service: TaskService, ann: Owner) -> None:
    for title in ("a", "b"):
        service.add(ann, title)
    service.update(ann, 2, blocked_by=[1])
    assert service.find(ann).blockers == {2: (1,)}
    service.complete(ann, [1])
    assert service.find(ann).blockers == {}
    service.reopen(ann, [1])
    assert service.find(ann).blockers == {2: (1,)}
    service.update(ann, 2, blocked_by=["none"])
    assert service.find(ann).blockers == {}


def test_cycles_are_refused_and_change_nothing(service: TaskService, ann: Owner) -> None:
    service.add(ann, "a")
    service.add(ann, "b", parent_id=1, blocked_by=[1])
    service.add(ann, "c", parent_id=2, blocked_by=[2])
    before = service.find(ann).tasks
    for task_id in (1, 2, 3):
        with pytest.raises(TaskRefusal, match="below it"):
            service.update(ann, 1, parent_id=task_id)
        with pytest.raises(TaskRefusal, match="waits for it"):
            service.update(ann, 1, title="changed", blocked_by=[task_id])
    service.delete(ann, [2])
    with pytest.raises(TaskRefusal, match="waits for it"):
        service.update(ann, 1, blocked_by=[3])  # #2 may come back
    service.undo(ann)
    assert service.find(ann).tasks == before


def test_links_to_what_is_not_there_are_refused(
    service: TaskService, ann: Owner, bob: Owner
) -> None:
    service.add(ann, "a")
    service.add(ann, "gone")
    service.delete(ann, [2])
    service.add(bob, "theirs")
    service.add(bob, "theirs too")
    for link in ({"parent_id": 2}, {"blocked_by": [2]}, {"parent_id": 9}, {"blocked_by": [1, 9]}):
        with pytest.raises(TaskRefusal, match="no such task"):
            service.add(ann, "x", **link)  # type: ignore[arg-type]
    with pytest.raises(TaskRefusal, match="too many"):
        service.add(ann, "x", blocked_by=list(range(1, 30)))
    assert service.find(ann).total == 1
