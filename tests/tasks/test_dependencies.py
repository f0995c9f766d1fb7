import pytest

from app.errors import TaskRefusal
from app.tasks import Owner, Status, TaskService
from app.tasks.dependencies import blockers_of, existing_task, ids_of, parent_of, reaches
from app.tasks.store.queries import TaskRows
from tests.tasks.making import a_task


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
            service.add(ann, "x", **link)
    with pytest.raises(TaskRefusal, match="too many"):
        service.add(ann, "x", blocked_by=list(range(1, 30)))
    assert service.find(ann).total == 1


@pytest.mark.parametrize(
    ("goal", "is_reached"), [(1, True), (2, True), (4, True), (5, False), (9, False)]
)
def test_links_lead_from_one_task_to_another_even_in_a_circle(goal: int, is_reached: bool) -> None:
    links = {1: (2, 3), 2: (4,), 3: (), 4: (1,), 5: (1,)}
    assert reaches(1, goal, links) is is_reached


def test_reference_is_an_id_or_the_title_of_one_open_task(rows: TaskRows) -> None:
    rows.write(
        [],
        [
            a_task(1, "Pay rent"),
            a_task(2, "twice"),
            a_task(3, "TWICE"),
            a_task(4, "Pay rent", status=Status.DONE),
        ],
    )
    assert ids_of(rows, [3, "pay  RENT", 1, 99]) == (3, 1, 99)
    with pytest.raises(TaskRefusal, match=r'"twice": 2 open .* #2 twice; #3 TWICE$'):
        ids_of(rows, ["twice"])
    with pytest.raises(TaskRefusal, match=r'"unknown": 0 open .* list_tasks shows it\.$'):
        ids_of(rows, ["unknown"])


def test_many_tasks_of_one_title_are_named_up_to_a_bound(rows: TaskRows) -> None:
    rows.write([], [a_task(n, "same") for n in range(1, 31)])
    with pytest.raises(TaskRefusal, match="30 open tasks have this title") as refused:
        ids_of(rows, ["same"])
    assert "#20 same" in str(refused.value)
    assert "#21" not in str(refused.value)


def test_task_waits_for_twenty_others_at_most(rows: TaskRows) -> None:
    rows.write([], [a_task(n) for n in range(1, 23)])
    twenty = list(range(1, 21))
    assert blockers_of(rows, 0, twenty) == tuple(twenty)
    with pytest.raises(TaskRefusal, match="21 blockers are too many; send at most 20"):
        blockers_of(rows, 0, [*twenty, 21])


def test_new_links_may_not_close_a_circle(rows: TaskRows) -> None:
    rows.write(
        [],
        [
            a_task(1),
            a_task(2, parent_id=1, blocked_by=(1,)),
            a_task(3, parent_id=2, blocked_by=(2,)),
            a_task(4, status=Status.DELETED),
        ],
    )
    assert (parent_of(rows, 3, 1), blockers_of(rows, 3, [1, 2])) == (1, (1, 2))
    for task_id in (1, 2, 3):
        with pytest.raises(TaskRefusal, match=f"#1 can't be a subtask of #{task_id}"):
            parent_of(rows, 1, task_id)
        with pytest.raises(TaskRefusal, match=f"#1 can't wait for #{task_id}"):
            blockers_of(rows, 1, [task_id])
    for missing in (4, 9):
        with pytest.raises(TaskRefusal, match=f"#{missing}: no such task"):
            parent_of(rows, 0, missing)
        with pytest.raises(TaskRefusal, match=f"#{missing}: no such task"):
            existing_task(rows, missing)
    assert existing_task(rows, "task 2").id == 2
