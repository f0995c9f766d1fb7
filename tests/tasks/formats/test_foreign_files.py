"""Read what other programs write, and read back what would be mistaken for a format's own."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app.errors import TaskRefusal
from app.tasks import Owner, Portable, RequestContext, Status, Task, TaskArchive, TaskService
from app.tasks.formats import FORMATS
from app.tasks.formats.reading import Reading
from tests.fakes.clock import FixedClock

ZONE = ZoneInfo("America/New_York")
ANN = Owner("ann", ZONE)
Read = Callable[..., list[Portable]]


@pytest.fixture
def read(clock: FixedClock) -> Read:
    def from_text(name: str, text: str) -> list[Portable]:
        return FORMATS[name].read(text, Reading(RequestContext(ANN, clock.now()), uuid4))

    return from_text


@pytest.fixture
def read_one(read: Read) -> Callable[..., Task]:
    def from_text(name: str, text: str) -> Task:
        (portable,) = read(name, text)
        return portable.task

    return from_text


def todo(*lines: str) -> str:
    inner = "\n".join(("BEGIN:VTODO", "UID:1", *lines, "END:VTODO"))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{inner}\nEND:VCALENDAR\n"


@pytest.mark.parametrize("name", ["csv", "todotxt", "ics"])
@pytest.mark.parametrize(
    "title",
    [
        "mail @work",
        "+1 for me",
        "2026-01-01 party",
        "due:whenever",
        "rrule:x pri:A",
        "a \\@b \\\\due:x c\\d",
        "'tis",
        "=1+1",
        "x 2026-01-01 b",
    ],
)
def test_titles_that_look_like_a_format_come_back(
    memory_service: TaskService, memory_archive: TaskArchive, read: Read, name: str, title: str
) -> None:
    memory_service.add(ANN, title, tags=["-x"])
    memory_service.add(ANN, f"{title} too", tags=["-x"])
    memory_service.complete(ANN, [2])
    found = read(name, "".join(FORMATS[name].write(memory_archive.everything(ANN), ZONE)))
    assert [one.task.title for one in found] == [title, f"{title} too"]
    assert memory_archive.bring_in(ANN, found, upsert=False).skipped == 2


def test_days_and_times_are_written_in_the_zone_of_the_reader(
    memory_service: TaskService, memory_archive: TaskArchive, read: Read
) -> None:
    memory_service.add(Owner("ann", ZoneInfo("Asia/Tokyo")), "call", due="2026-03-13 09:00")
    memory_service.add(ANN, "done in the evening")
    memory_service.complete(ANN, [2])
    everything = memory_archive.everything(ANN)
    for name in ("csv", "todotxt"):
        text = "".join(FORMATS[name].write(everything, ZONE))
        assert read(name, text)[0].task.due == everything[0].task.due
    assert "x 2026-03-04 2026-03-04 done in the evening" in text


def test_todotxt_tells_done_by_the_status(read_one: Callable[..., Task]) -> None:
    done = Task(1, "a", Status.DONE, datetime(2026, 3, 1, 12, tzinfo=UTC), uuid4())
    text = "".join(FORMATS["todotxt"].write([Portable(done)], ZONE))
    assert text == "x 2026-03-01 2026-03-01 a\n"
    assert read_one("todotxt", text).status is Status.DONE


def test_second_project_of_a_todotxt_line_is_not_lost(read_one: Callable[..., Task]) -> None:
    task = read_one("todotxt", "a @x +one @y +two rec:often")
    assert (task.title, task.project, task.tags) == ("a +two rec:often", "one", ("x", "y"))


@pytest.mark.parametrize("apart", [",", ";", "\t"])
def test_csv_of_spreadsheets(read: Read, apart: str) -> None:
    lines = ("Title,Due,Status,Completed_at", "'tis,2026-03-12,Done,2026-03-01", ",,,")
    (found,) = read("csv", "\ufeff" + "\r\n".join(lines).replace(",", apart))
    assert (found.task.title, found.task.due) == ("'tis", date(2026, 3, 12))
    assert found.task.completed_at == datetime(2026, 3, 1, 17, tzinfo=UTC)


def test_cancelled_todo_is_passed_over(read: Read) -> None:
    assert read("ics", todo("SUMMARY:a", "STATUS:CANCELLED")) == []


def test_start_of_a_repeating_todo_is_its_first_due(read_one: Callable[..., Task]) -> None:
    task = read_one(
        "ics", todo("SUMMARY:a", "DTSTART;VALUE=DATE:20260312", "RRULE:FREQ=WEEKLY;INTERVAL=2")
    )
    assert task.due == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("ics", todo("SUMMARY:a", "DUE:garbage"), "Line 3 can't be read"),
        ("ics", todo("SUMMARY:a", "PRIORITY:x"), "Line 3 can't be read"),
        ("ics", todo("SUMMARY:a", "SUMMARY:b"), "SUMMARY stands in it twice"),
        ("ics", todo("SUMMARY:a", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "RRULE stands in it"),
        ("csv", "title,title\na,b\n", "each once"),
        ("json", '{"tasks": [{"title": "a", "due_text": {"b": 1}}]}', "is no text"),
        ("json", '{"tasks": [{"title": "a", "tags": "abc"}]}', "tags is no list"),
        ("json", '{"tasks": [{"title": "a", "due": "9999-12-31"}]}', "9999 is out of range"),
        (
            "json",
            '{"tasks": [{"title": "a", "completed_at": "9999-12-31T23:00:00+00:00"}]}',
            "9999 is out of range",
        ),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_line(
    read: Read, name: str, text: str, told: str
) -> None:
    with pytest.raises(TaskRefusal, match=told) as refused:
        read(name, text)
    assert str(refused.value).startswith("Line ")
