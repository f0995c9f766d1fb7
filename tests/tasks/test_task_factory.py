"""Which task comes out of what is given, without a database."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from app.errors import TaskRefusal
from app.tasks import NewFields, Priority, Recurrence, Status, Task, drafted
from app.tasks.dates.repeat import next_due
from app.tasks.task_factory import ChangedFields, edited
from tests.tasks.making import ANN, NEW_YORK, NOW, REQUEST, a_task

EVERY_FRIDAY = "FREQ=WEEKLY;BYDAY=FR"


def draft(title: str = "x", **given: object) -> Task:
    return drafted(title, NewFields(**given), REQUEST, lambda: UUID(int=7))  # type: ignore[typeddict-item]


def edit(task: Task, **given: object) -> Task:
    return edited(task, ChangedFields(**given), REQUEST)  # type: ignore[typeddict-item]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=NEW_YORK)


def test_new_task_holds_what_is_given_and_nothing_else() -> None:
    bare = draft(" Pay \t rent ")
    assert bare == Task(0, "Pay rent", Status.OPEN, NOW, UUID(int=7))
    nothing: dict[str, object] = {
        "due": "",
        "priority": None,
        "tags": [],
        "project": "",
        "notes": "",
        "repeat": None,
    }
    assert draft("Pay rent", **nothing) == bare
    full = draft(
        "Pay rent",
        due="friday at 5pm",
        priority="High",
        tags=["#Home", "home", "x"],
        project="+Big  house",
        notes="a\r\nb ",
    )
    assert (full.due, full.due_text) == (at(6, 17), "friday at 5pm")
    assert (full.priority, full.tags, full.project) == (Priority.HIGH, ("home", "x"), "Big house")
    assert full.notes == "a\nb"


@pytest.mark.parametrize(
    ("given", "due", "anchor"),
    [
        ({}, date(2026, 3, 6), "2026-03-06T00:00"),
        ({"due": "2026-03-10"}, date(2026, 3, 10), "2026-03-10T00:00"),
        ({"due": "2026-03-13 08:00"}, at(13, 8), "2026-03-13T08:00"),
        ({"repeat": "every friday at 9am"}, at(6, 9), "2026-03-06T09:00"),
        ({"repeat": "every friday at 9am", "due": "2026-03-10"}, at(10, 9), "2026-03-10T09:00"),
        (
            {"repeat": "every friday at 9am", "due": "2026-03-10 07:00"},
            at(10, 7),
            "2026-03-10T07:00",
        ),
    ],
)
def test_new_repeating_task_is_due_when_it_is_said_else_when_its_rule_says(
    given: dict[str, str], due: date, anchor: str
) -> None:
    task = draft(**{"repeat": "every friday"} | given)
    assert task.due == due
    assert type(task.due) is type(due)
    assert task.repeat is not None
    assert (task.repeat.rule, task.repeat.anchor.isoformat("T", "minutes")) == (
        EVERY_FRIDAY,
        anchor,
    )


def repeating(due: date) -> Task:
    anchor = datetime(2026, 3, 6, getattr(due, "hour", 0))  # noqa: DTZ001 - a wall time
    return a_task(due=due, repeat=Recurrence(EVERY_FRIDAY, anchor, "every friday"))


def following(task: Task) -> date | datetime | None:
    assert task.repeat is not None
    assert task.due is not None
    return next_due(task.repeat, task.due, NOW, ANN.zone)


@pytest.mark.parametrize(
    ("before", "given", "after"),
    [
        (date(2026, 3, 6), "friday at 5pm", at(13, 17)),
        (at(6, 9), "friday at 5:30pm", at(13, 17, 30)),
        (at(6, 9), "tuesday at 7am", at(13, 7)),
        (at(6, 9), "friday", date(2026, 3, 13)),
        (at(6, 9), "friday at 9am", at(13, 9)),
        (date(2026, 3, 6), "tuesday", date(2026, 3, 13)),
    ],
)
def test_repeating_task_keeps_its_rule_and_follows_its_new_time(
    before: date, given: str, after: date
) -> None:
    task = edit(repeating(before), due=given)
    assert task.repeat is not None
    assert task.repeat.rule == EVERY_FRIDAY
    assert following(task) == after


def test_repeating_task_needs_a_due_until_its_repeat_goes_too() -> None:
    with pytest.raises(TaskRefusal, match="#1 repeats, so it needs a due"):
        edit(repeating(at(6, 9)), due="none")
    with pytest.raises(TaskRefusal, match="needs a due"):
        edit(a_task(due=at(6, 9)), due="none", repeat="every friday")
    bare = edit(repeating(at(6, 9)), due="none", repeat="none")
    assert (bare.due, bare.due_text, bare.repeat) == (None, None, None)
    kept = edit(repeating(at(6, 9)), repeat="none")
    assert (kept.due, kept.repeat) == (at(6, 9), None)


@pytest.mark.parametrize(
    ("due", "repeat", "after"),
    [
        (at(6, 9), "every friday", at(6, 9)),
        (at(13, 9), "every friday", at(13, 9)),
        (at(5, 9), "every friday", at(6, 9)),
        (at(5, 9), "every friday at 7am", at(6, 7)),
        (date(2026, 3, 5), "every friday at 7am", at(6, 7)),
        (date(2026, 3, 6), "every friday at 7am", at(6, 7)),
        (None, "every friday", date(2026, 3, 6)),
    ],
)
def test_new_rule_keeps_a_due_that_is_one_of_its_own(
    due: date | None, repeat: str, after: date
) -> None:
    assert edit(a_task(due=due), repeat=repeat).due == after


def test_rule_and_due_that_come_together_keep_the_due() -> None:
    task = edit(a_task(), due="2026-03-10", repeat="every friday")
    assert task.due == date(2026, 3, 10)
    assert following(task) == date(2026, 3, 13)


FULL = a_task(
    title="a",
    notes="n",
    priority=Priority.LOW,
    tags=("x", "y"),
    project="p",
    due=date(2026, 3, 9),
    due_text="monday",
)


def test_nothing_given_changes_nothing() -> None:
    assert edit(FULL) == FULL
    empty: dict[str, object] = {
        "title": "",
        "due": None,
        "priority": "",
        "project": "",
        "notes": "",
        "add_tags": [],
    }
    assert edit(FULL, **empty) == FULL


@pytest.mark.parametrize("word", ["none", " Clear ", "REMOVE"])
def test_words_empty_a_field(word: str) -> None:
    task = edit(FULL, due=word, priority=word, project=word, notes=word, remove_tags=[word])
    assert task == a_task(title="a")


def test_each_field_changes_alone() -> None:
    assert edit(FULL, title=" b  c ").title == "b c"
    assert edit(FULL, priority="HIGH").priority is Priority.HIGH
    assert edit(FULL, project="q").project == "q"
    assert edit(FULL, notes="m").notes == "m"
    changed = edit(FULL, due="friday")
    assert (changed.due, changed.due_text) == (date(2026, 3, 6), "friday")
    assert edit(FULL, due="friday at 5pm") == replace(FULL, due=at(6, 17), due_text="friday at 5pm")


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        ({"add_tags": ["Z", "x"]}, ("x", "y", "z")),
        ({"remove_tags": ["#X", "unknown"]}, ("y",)),
        ({"remove_tags": ["x"], "add_tags": ["x"]}, ("y", "x")),
        ({"remove_tags": ["none"], "add_tags": ["z"]}, ("z",)),
    ],
)
def test_tags_are_taken_off_then_put_on(given: dict[str, list[str]], tags: tuple[str, ...]) -> None:
    assert edit(FULL, **given).tags == tags
