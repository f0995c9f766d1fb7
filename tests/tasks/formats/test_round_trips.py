from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.errors import TaskRefusal
from app.intake import is_seen
from app.tasks import (
    Owner,
    Portable,
    Priority,
    Recurrence,
    RequestContext,
    Status,
    Task,
    TaskArchive,
    TaskService,
)
from app.tasks.formats import FORMATS
from app.tasks.formats.reading import Reading
from tests.fakes.clock import FixedClock

ZONE = ZoneInfo("America/New_York")
ANN, BOB = Owner("ann", ZONE), Owner("bob", ZONE)


@pytest.fixture
def archive(memory_archive: TaskArchive) -> TaskArchive:
    return memory_archive


@pytest.fixture
def filled(memory_service: TaskService) -> TaskService:
    service = memory_service
    service.add(ANN, "Pay rent", due="2026-03-13 17:00", priority="high", tags=["home", "bank"])
    service.add(ANN, 'Plan, "quote"', notes="two\nlines", project="Big house", due="friday")
    service.add(ANN, "Water", repeat="every mon and thu at 9am until june 1", parent_id=2)
    service.add(ANN, "Blocked", blocked_by=[1, 2], priority="low")
    service.add(ANN, "Done one")
    service.add(ANN, "Gone")
    service.complete(ANN, [3, 5])
    service.delete(ANN, [6])
    return service


def reading(clock: FixedClock) -> Reading:
    return Reading(RequestContext(ANN, clock.now()), uuid4)


def written(name: str, portables: list[Portable]) -> str:
    return "".join(FORMATS[name].write(portables, ZONE))


def test_json_brings_everything_to_another_store_and_twice_changes_nothing(
    filled: TaskService, archive: TaskArchive, clock: FixedClock
) -> None:
    before = archive.everything(ANN)
    text = written("json", before)
    found = FORMATS["json"].read(text, reading(clock))
    assert archive.bring_in(ANN, found, upsert=True).skipped == 6
    archive.bring_in(BOB, found, upsert=True)
    assert archive.everything(BOB) == before
    assert archive.everything(ANN) == before
    done = filled.find(BOB, status="done", when="today")
    assert {task.title for task in done.tasks} == {"Water", "Done one"}
    assert filled.add(BOB, "next")[0].id == 7


def test_json_takes_the_place_of_a_known_uuid_and_undo_takes_it_back(
    filled: TaskService, archive: TaskArchive, clock: FixedClock
) -> None:
    text = written("json", archive.everything(ANN)).replace("Pay rent", "Pay the rent")
    before = archive.everything(ANN)
    found = FORMATS["json"].read(text, reading(clock))
    done = archive.bring_in(ANN, found, upsert=True)
    assert (done.added, done.updated, done.skipped) == (0, 1, 5)
    assert archive.everything(ANN)[0].task.title == "Pay the rent"
    assert filled.undo(ANN)[0].action == "import"
    assert archive.everything(ANN) == before


@pytest.mark.parametrize("name", ["csv", "todotxt", "ics"])
def test_other_formats_hold_what_their_form_knows(
    filled: TaskService, archive: TaskArchive, clock: FixedClock, name: str
) -> None:
    text = written(name, archive.everything(ANN))
    found = FORMATS[name].read(text, reading(clock))
    assert archive.bring_in(ANN, found, upsert=False).added == (1 if name == "todotxt" else 0)
    assert archive.bring_in(BOB, found, upsert=False).added == 5
    assert archive.bring_in(BOB, found, upsert=False).added == 0
    theirs = {portable.task.title: portable.task for portable in archive.everything(BOB)}
    rent, water = theirs["Pay rent"], theirs["Water"]
    assert rent.due == datetime(2026, 3, 13, 17, tzinfo=ZONE)
    assert (rent.priority, set(rent.tags)) == (Priority.HIGH, {"home", "bank"})
    assert theirs["Done one"].status is Status.DONE
    plan = theirs['Plan, "quote"']
    assert plan.due == date(2026, 3, 6)
    if name != "todotxt":
        assert (plan.notes, plan.project) == ("two\nlines", "Big house")
    assert water.repeat is not None
    rule = {"FREQ=WEEKLY", "BYDAY=MO,TH", "UNTIL=20260601"}
    assert set(water.repeat.rule.split(";")) == rule
    assert water.due == datetime(2026, 3, 9, 9, tzinfo=ZONE)


def test_calendar_is_one_that_the_icalendar_parser_takes(
    filled: TaskService, archive: TaskArchive
) -> None:
    calendar: Any = icalendar.Calendar.from_ical(written("ics", archive.everything(ANN)))
    assert calendar.errors == []
    todos = {str(todo["summary"]): todo for todo in calendar.walk("VTODO")}
    assert all(todo.errors == [] and {"UID", "DTSTAMP"} <= set(todo) for todo in todos.values())
    assert todos["Pay rent"].decoded("due") == datetime(2026, 3, 13, 17, tzinfo=ZONE)
    assert str(todos["Pay rent"]["due"].params["TZID"]) == "America/New_York"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    assert todos["Done one"]["status"] == "COMPLETED"
    (until,) = todos["Water"]["rrule"]["UNTIL"]
    assert until.tzinfo is not None
    assert str(todos["Water"]["related-to"]) == str(todos['Plan, "quote"']["uid"])


words = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
titles = words.map(lambda text: " ".join(text.split())).filter(is_seen)
instants = st.integers(0, 4_000_000_000_000_000).map(
    lambda n: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=n)
)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
timed = st.builds(
    lambda at, zone: at.replace(second=0, microsecond=0).astimezone(ZoneInfo(zone)),
    instants,
    zones,
)
recurrences = st.builds(
    Recurrence,
    st.sampled_from(["FREQ=DAILY", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=WEEKLY;COUNT=3"]),
    instants.map(lambda at: at.replace(tzinfo=None)),
    titles,
    st.booleans(),
)


@st.composite
def portables(draw: st.DrawFn) -> list[Portable]:
    found: list[Portable] = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        task = Task(
            id=number,
            title=draw(titles),
            status=draw(st.sampled_from(Status)),
            created_at=draw(instants),
            uuid=UUID(int=draw(st.integers(0, 2**128 - 1))),
            notes=draw(words).strip(),
            priority=draw(st.none() | st.sampled_from(Priority)),
            tags=tuple(draw(st.lists(st.sampled_from("abc"), unique=True))),
            project=draw(st.none() | st.just("Big house")),
            due=draw(st.none() | st.dates(date(2, 1, 1), date(9998, 1, 1)) | timed),
            due_text=draw(st.none() | titles),
            repeat=draw(st.none() | recurrences),
            completed_at=draw(st.none() | instants),
        )
        earlier = [portable.task.uuid for portable in found]
        some = st.lists(st.sampled_from(earlier), unique=True) if earlier else st.just([])
        parent = draw(st.none() | st.sampled_from(earlier)) if earlier else None
        done = tuple(draw(st.lists(instants, max_size=2, unique=True)))
        found.append(Portable(task, parent, tuple(draw(some)), done))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(portables())
def test_round_trip_through_json_is_the_identity(
    engine: Engine, clock: FixedClock, made: list[Portable]
) -> None:
    if len({portable.task.uuid for portable in made}) < len(made):
        return
    archive, owner = TaskArchive(engine, clock), Owner(str(uuid4()), ZONE)
    archive.bring_in(
        owner, FORMATS["json"].read(written("json", made), reading(clock)), upsert=True
    )
    text = written("json", archive.everything(owner))
    assert text == written("json", made)


BAD = {
    "json": [
        ('{"tasks": [\n{"title": "a"},\n{"title": ""}\n]}', 3),
        ('{"tasks": [{"title": "a"},\n\n{"title": "b", "due": "soon"}]}', 3),
        ('{"tasks": [{"title": "a", "status": "odd"}]}', 1),
        ('{"tasks": [{"title": "a", "parent": "00000000-0000-0000-0000-000000000009"}]}', 1),
        ('{"tasks": [{"title": "a"},\n7]}', 2),
        ('{"tasks": [{"title": "a"},\n{"title": "b", "created_at": "2026-01-01"}]}', 2),
        ('{"tasks": [\n{"title": "a"', 2),
        ("[]", 1),
        ("", 1),
    ],
    "csv": [
        ("title,due\na,today\nb,someday\n", 3),
        ("title,due\na\n", 2),
        ("name\na\n", 1),
        ("title,status\na,odd\n", 2),
        ("", 1),
    ],
    "todotxt": [("a\n\nb due:soon\n", 3), ("x 2026-02-30 a\n", 1), ("+project\n", 1)],
    "ics": [
        ("hello", 1),
        ("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR\n", 2),
        (
            "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:a\nEND:VTODO\nBEGIN:VTODO\nSUMMARY:b\n"
            "RRULE:FREQ=HOURLY\nEND:VTODO\nEND:VCALENDAR\n",
            5,
        ),
    ],
}


@pytest.mark.parametrize(
    ("name", "text", "line"), [(name, *bad) for name, bads in BAD.items() for bad in bads]
)
def test_bad_file_changes_nothing_and_the_line_is_told(
    archive: TaskArchive, clock: FixedClock, name: str, text: str, line: int
) -> None:
    def bring_in() -> None:
        found = FORMATS[name].read(text, reading(clock))
        archive.bring_in(ANN, found, upsert=FORMATS[name].whole)

    with pytest.raises(TaskRefusal, match=rf"^Line {line}\b.*Nothing was imported\.$"):
        bring_in()
    assert archive.everything(ANN) == []


@given(st.text(max_size=200), st.sampled_from(sorted(FORMATS)))
def test_no_file_raises_anything_but_the_refusal(text: str, name: str) -> None:
    try:
        FORMATS[name].read(text, reading(FixedClock()))
    except TaskRefusal:
        return


def test_words_of_a_due_are_kept_without_what_a_database_refuses(
    archive: TaskArchive, clock: FixedClock
) -> None:
    text = r'{"tasks": [{"title": "a", "due": "2026-03-13", "due_text": "fri\u0000day\ud800"}]}'
    archive.bring_in(ANN, FORMATS["json"].read(text, reading(clock)), upsert=True)
    assert archive.everything(ANN)[0].task.due_text == "friday"


def test_circle_in_a_file_is_refused(archive: TaskArchive, clock: FixedClock) -> None:
    one, two = UUID(int=1), UUID(int=2)
    text = f"""{{"tasks": [
        {{"title": "a", "uuid": "{one}", "blocked_by": ["{two}"]}},
        {{"title": "b", "uuid": "{two}", "blocked_by": ["{one}"]}}]}}"""
    with pytest.raises(TaskRefusal, match=r"Line 2: .* circle"):
        archive.bring_in(ANN, FORMATS["json"].read(text, reading(clock)), upsert=True)
    assert archive.everything(ANN) == []


def test_purge_removes_deleted_tasks_and_their_history(
    filled: TaskService, archive: TaskArchive, memory: Engine
) -> None:
    filled.add(BOB, "theirs")
    filled.delete(BOB, [1])
    assert archive.purge(ANN) == 1
    assert archive.purge(ANN) == 0
    assert [portable.task.id for portable in archive.everything(ANN)] == [1, 2, 3, 4, 5]
    with memory.connect() as connection:
        kept = connection.exec_driver_sql("SELECT before, after FROM task_relay_task_changes").all()
    assert "Gone" not in str(kept)
    assert filled.reopen(ANN, [6])[0].task is None
    assert filled.undo(ANN)[0].action == "complete"
    assert filled.reopen(BOB, [1])[0].changed
    assert filled.add(ANN, "new")[0].id == 7


def test_purge_frees_the_tasks_that_hung_on_what_is_gone(
    service: TaskService, engine: Engine, clock: FixedClock
) -> None:
    archive = TaskArchive(engine, clock)
    service.add(ANN, "gone")
    service.add(ANN, "stays")
    service.add(ANN, "child", parent_id=1, blocked_by=[1, 2])
    service.delete(ANN, [1])
    assert archive.purge(ANN) == 1
    (child,) = (task for task in service.find(ANN).tasks if task.title == "child")
    assert (child.parent_id, child.blocked_by) == (None, (2,))
