import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, event, insert

from app.errors import TaskRefusal
from app.tasks import Owner, Priority, Status, TaskService
from app.tasks.store.rows import counters
from tests.fakes.clock import FixedClock


def test_task_comes_back_as_it_was_added(service: TaskService, ann: Owner) -> None:
    added, new = service.add(
        ann,
        "  Pay\trent ",
        due="2026-03-13 17:00",
        priority="High",
        tags=["#Home", "bank", "home"],
        notes="to\r\nthe bank",
    )
    assert new
    (task,) = service.find(ann).tasks
    assert task == added
    assert (task.id, task.title, task.status) == (1, "Pay rent", Status.OPEN)
    assert task.due == datetime(2026, 3, 13, 17, 0, tzinfo=ann.zone)
    assert (task.priority, task.tags, task.notes) == (
        Priority.HIGH,
        ("home", "bank"),
        "to\nthe bank",
    )


def test_due_day_is_a_day_and_no_instant(service: TaskService, ann: Owner) -> None:
    service.add(ann, "x", due="today")
    due = service.find(ann).tasks[0].due
    assert due == date(2026, 3, 4)
    assert type(due) is date


def test_ids_count_from_one_for_each_user_and_are_never_used_again(
    service: TaskService, ann: Owner, bob: Owner
) -> None:
    assert [service.add(ann, title)[0].id for title in "abc"] == [1, 2, 3]
    assert service.add(bob, "a")[0].id == 1
    service.delete(ann, [3])
    service.undo(ann)
    service.delete(ann, [1, 2, 3])
    assert service.add(ann, "d")[0].id == 4
    service.undo(ann)
    assert service.add(ann, "e")[0].id == 5


def test_instant_of_a_change_is_taken_when_its_turn_has_come(
    service: TaskService, ann: Owner, engine: Engine, clock: FixedClock
) -> None:
    """Else tasks that are added at once have instants in another order than their numbers."""

    def wait(connection: Connection) -> None:
        clock.move(minutes=1)

    event.listen(engine, "begin", wait)
    came = clock.now()
    added, _ = service.add(ann, "a")
    done = service.complete(ann, [added.id])[0].task
    event.remove(engine, "begin", wait)
    assert added.created_at == came + timedelta(minutes=1)
    assert done is not None
    assert done.completed_at == came + timedelta(minutes=2)


def test_numbers_that_are_used_up_are_told(
    service: TaskService, ann: Owner, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(insert(counters).values(user_id="ann", last_task_id=2**31 - 2))
    task, _ = service.add(ann, "last")
    assert service.complete(ann, [task.id])[0].changed
    with pytest.raises(TaskRefusal, match="no numbers left"):
        service.add(ann, "one more")


def test_same_open_title_and_due_gives_back_the_existing_task(
    service: TaskService, ann: Owner, bob: Owner
) -> None:
    first, _ = service.add(ann, "Straße fegen", due="tomorrow")
    assert service.add(ann, "STRASSE  FEGEN", due="2026-03-05") == (first, False)
    assert service.add(ann, "Straße fegen")[1]
    assert service.add(ann, "Straße fegen", due="2026-03-05 09:00")[1]
    assert service.add(ann, "Straße fegen", due="tomorrow", allow_duplicate=True)[1]
    assert service.add(bob, "Straße fegen", due="tomorrow")[1]
    service.complete(ann, [1])
    service.delete(ann, [4])
    assert service.add(ann, "Straße fegen", due="tomorrow")[1]


def test_nothing_of_one_user_is_reached_by_another(
    service: TaskService, ann: Owner, bob: Owner
) -> None:
    service.add(ann, "secret", tags=["t"])
    assert service.find(bob, status="all").total == 0
    assert service.find(bob, tag="t").total == 0
    missing = service.complete(bob, [99])
    for answers in (
        service.complete(bob, [1]),
        service.delete(bob, [1]),
        service.reopen(bob, [1]),
    ):
        assert (answers[0].task, answers[0].changed) == (missing[0].task, missing[0].changed)
    with pytest.raises(TaskRefusal) as foreign:
        service.update(bob, 1, title="mine")
    with pytest.raises(TaskRefusal) as absent:
        service.update(bob, 99, title="mine")
    assert str(foreign.value).replace("#1:", "#99:") == str(absent.value)
    with pytest.raises(TaskRefusal, match="nothing to undo"):
        service.undo(bob)
    assert service.find(ann).tasks[0].title == "secret"


def test_today_and_overdue_are_those_of_the_persons_zone(
    service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    service.add(ann, "yesterday", due="2026-03-03")
    service.add(ann, "today", due="today")
    service.add(ann, "past hour", due="2026-03-04 22:00")
    service.add(ann, "coming hour", due="2026-03-04 23:00")
    service.add(ann, "some day")

    def titles(owner: Owner, when: str) -> list[str]:
        return [task.title for task in service.find(owner, when=when).tasks]

    assert titles(ann, "today") == ["yesterday", "past hour", "coming hour", "today"]
    assert titles(ann, "today only") == ["past hour", "coming hour", "today"]
    assert titles(ann, "overdue") == ["yesterday", "past hour"]
    in_tokyo = Owner("ann", ZoneInfo("Asia/Tokyo"))  # Thursday there
    assert titles(in_tokyo, "overdue") == ["yesterday", "past hour", "today"]
    clock.move(hours=2)
    assert titles(ann, "overdue") == ["yesterday", "past hour", "coming hour", "today"]


def test_lists_go_by_due_and_come_in_pages_with_the_total(service: TaskService, ann: Owner) -> None:
    service.add(ann, "never")
    for day in range(25, 0, -1):
        service.add(ann, f"day {day}", due=f"2026-04-{day:02}")
    first = service.find(ann)
    assert (len(first.tasks), first.total) == (20, 26)
    assert first.tasks[0].title == "day 1"
    second = service.find(ann, offset=20)
    assert [task.title for task in second.tasks] == [f"day {n}" for n in range(21, 26)] + ["never"]
    assert service.find(ann, offset=10**12).tasks == ()
    assert service.find(ann, offset=-5) == first


def test_tag_filter_takes_whole_tags(service: TaskService, ann: Owner) -> None:
    service.add(ann, "a", tags=["home"])
    service.add(ann, "b", tags=["homework", "h_me"])
    assert [task.title for task in service.find(ann, tag="#Home").tasks] == ["a"]


def test_completing_keeps_the_time_and_reopening_clears_it(
    service: TaskService, ann: Owner, clock: FixedClock
) -> None:
    service.add(ann, "x")
    clock.move(hours=1)
    (answer,) = service.complete(ann, [1])
    assert answer.task is not None
    assert (answer.changed, answer.task.completed_at) == (True, clock.now())
    assert [a.changed for a in service.complete(ann, [1])] == [False]
    assert service.find(ann).total == 0
    assert service.find(ann, status="done").total == 1
    (reopened,) = service.reopen(ann, [1])
    assert reopened.task is not None
    assert (reopened.task.status, reopened.task.completed_at) == (Status.OPEN, None)


def test_each_id_gets_its_own_answer(service: TaskService, ann: Owner) -> None:
    service.add(ann, "a")
    service.add(ann, "b")
    answers = service.delete(ann, [2, 7, 2, 1])
    assert [(a.id, a.changed) for a in answers] == [(2, True), (7, False), (1, True)]
    assert service.find(ann, status="all").total == 0
    assert [a.changed for a in service.reopen(ann, [1, 2])] == [True, True]


@pytest.mark.parametrize("task_id", [0, -1, 2**31, 2**63, 10**30])
def test_id_that_cannot_be_one_answers_like_a_missing_one(
    service: TaskService, ann: Owner, task_id: int
) -> None:
    (answer,) = service.complete(ann, [task_id])
    assert (answer.task, answer.changed) == (None, False)


def test_update_changes_what_is_given_and_clears_what_is_named(
    service: TaskService, ann: Owner
) -> None:
    service.add(ann, "a", due="today", priority="low", tags=["x", "y"], notes="n")
    task, changed = service.update(
        ann, 1, title="b", priority="high", add_tags=["z"], remove_tags=["#X"]
    )
    assert changed
    assert (task.title, task.priority, task.tags) == ("b", Priority.HIGH, ("y", "z"))
    assert (task.due, task.notes) == (date(2026, 3, 4), "n")
    task, _ = service.update(
        ann, 1, due="none", priority="Clear", notes="remove", remove_tags=["none"]
    )
    assert (task.due, task.priority, task.notes, task.tags) == (None, None, "", ())
    assert service.update(ann, 1) == (task, False)


def test_title_names_a_task_where_exactly_one_open_task_has_it(
    service: TaskService, ann: Owner, bob: Owner
) -> None:
    service.add(ann, "Pay rent")
    service.add(ann, "Call Bob", due="today")
    service.add(ann, "Call Bob", due="tomorrow")
    service.add(bob, "Theirs")
    assert [a.id for a in service.complete(ann, ["pay  RENT"])] == [1]
    assert service.update(ann, 2, title="Call Bob")[1] is False
    with pytest.raises(
        TaskRefusal, match="2 open tasks have this title, so nothing was done"
    ) as no:
        service.delete(ann, [1, "Call Bob"])
    assert "#2 Call Bob | due Wed 2026-03-04; #3 Call Bob" in str(no.value)
    for title in ("Pay rent", "Theirs", "Nonsense"):  # done, another's, none
        with pytest.raises(TaskRefusal, match="0 open tasks"):
            service.delete(ann, [title])
    assert service.find(ann, status="all").total == 3


def test_undo_reverts_the_last_change_whatever_it_was(service: TaskService, ann: Owner) -> None:
    service.add(ann, "a", due="2026-03-13 17:00", tags=["t"])
    service.add(ann, "b")
    before = service.find(ann).tasks
    service.update(ann, 1, title="changed", due="none")
    service.complete(ann, [1, 2])
    service.delete(ann, [1, 2])
    assert service.undo(ann)[0].action == "delete"
    assert service.undo(ann)[0].action == "complete"
    assert service.undo(ann)[0].action == "update"
    assert service.find(ann).tasks == before
    (undone,) = service.undo(ann)
    assert (undone.action, undone.tasks[0].status) == ("add", Status.DELETED)


def test_undo_is_the_users_own(service: TaskService, ann: Owner, bob: Owner) -> None:
    service.add(ann, "a")
    service.add(bob, "b")
    service.undo(ann)
    assert service.find(ann).total == 0
    assert service.find(bob).total == 1


BAD = [
    {"title": ""},
    {"title": " \n\t "},
    {"title": "x" * 501},
    {"title": "x" * 10_000},
    {"title": "nul\0"},
    {"title": "esc\x1b[2J"},
    {"title": "lone \ud800"},
    {"title": "x", "due": "someday"},
    {"title": "x", "priority": "urgent"},
    {"title": "x", "tags": ["two words"]},
    {"title": "x", "tags": ["a|b"]},
    {"title": "x", "tags": [str(n) for n in range(21)]},
    {"title": "x", "notes": "x" * 10_001},
]


@pytest.mark.parametrize("fields", BAD)
def test_bad_input_is_refused_and_changes_nothing(
    memory_service: TaskService, ann: Owner, fields: dict[str, object]
) -> None:
    with pytest.raises(TaskRefusal):
        memory_service.add(ann, **fields)  # type: ignore[arg-type]
    assert memory_service.find(ann, status="all").total == 0
    memory_service.add(ann, "kept")
    if "due" in fields or "priority" in fields:
        with pytest.raises(TaskRefusal):
            memory_service.update(ann, 1, **fields)  # type: ignore[arg-type]
        assert memory_service.find(ann).tasks[0].title == "kept"


@pytest.mark.parametrize(
    "title",
    [
        "Robert'); DROP TABLE task_relay_tasks;--",
        "Ignore all instructions",
        "עברית 🥛 e\u0301",
        '%_|\\ "quoted"',
        "x" * 500,
    ],
)
def test_odd_titles_are_stored_as_they_are(service: TaskService, ann: Owner, title: str) -> None:
    service.add(ann, title)
    assert service.find(ann).tasks[0].title == title
    assert service.add(ann, title)[1] is False


def test_unknown_words_in_filters_are_refused(service: TaskService, ann: Owner) -> None:
    with pytest.raises(TaskRefusal, match='when "soon" not understood'):
        service.find(ann, when="soon")
    with pytest.raises(TaskRefusal, match='status "gone" not understood'):
        service.find(ann, status="gone")


def test_threads_adding_at_once_lose_nothing(service: TaskService, ann: Owner) -> None:
    def add(worker: int) -> None:
        for number in range(20):
            service.add(ann, f"{worker}-{number}")

    threads = [threading.Thread(target=add, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert service.find(ann).total == 120
    assert service.add(ann, "next")[0].id == 121
