"""Files as other programs write them come in whole, by how they look alone."""

from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app.tasks import Owner, Portable, RequestContext, TaskArchive
from app.tasks.formats import IMPORTED, Reading, Report, decoded, recognised
from tests.fakes.clock import FixedClock

FILES = Path(__file__).parent / "files"
ANN = Owner("ann", ZoneInfo("America/New_York"))


def imported(name: str, clock: FixedClock, more: str = "") -> tuple[list[Portable], Report]:
    text, _ = decoded((FILES / name).read_bytes())
    form = recognised(text, name)
    assert form is not None
    report = Report()
    request = RequestContext(ANN, clock.now())
    return IMPORTED[form](text + more, Reading(request, uuid4, report, "Home")), report


EXPECTED = {
    "todoist.csv": [
        ("Pay the rent", "2026-04-01", "high", "FREQ=MONTHLY;BYMONTHDAY=1", "open"),
        ("Check the balance", "None", "None", "", "open"),
        ("Water the ferns", "2026-03-09 09:00:00-04:00", "medium", "FREQ=WEEKLY;BYDAY=MO", "open"),
        ("Sort the seeds", "2026-03-12", "low", "", "open"),
    ],
    "todoist.json": [
        ("Buy paint", "2026-03-10", "high", "", "open"),
        ("Find the brushes", "None", "None", "", "open"),
        (
            "Call the gardener",
            "2026-03-09 10:00:00-04:00",
            "low",
            "FREQ=WEEKLY;INTERVAL=2!",
            "open",
        ),
        ("Return the ladder", "None", "None", "", "done"),
    ],
    "ticktick.csv": [
        ("Repot the basil", "2026-03-09", "high", "", "open"),
        ("Buy soil", "None", "low", "", "open"),
        ("Stretch", "2026-03-06 07:00:00-05:00", "None", "FREQ=DAILY;INTERVAL=1", "open"),
        ("Pack for the hut", "None", "medium", "", "open"),
        ("Lamp", "None", "None", "", "done"),
        ("Stove", "None", "None", "", "open"),
        ("Post the parcel", "None", "None", "", "done"),
    ],
    "taskwarrior.json": [
        ("Pay the bill", "2026-03-12", "high", "", "open"),
        ("Take out the bins", "2026-03-09", "None", "FREQ=WEEKLY;UNTIL=20260601", "open"),
        ("Plan the trip", "None", "None", "", "open"),
        ("Old thing", "None", "None", "", "done"),
    ],
    "google-tasks.json": [
        ("Renew the passport", "2026-03-20", "None", "", "open"),
        ("Take the photos", "None", "None", "", "open"),
        ("Old errand", "None", "None", "", "done"),
    ],
    "microsoft-todo.json": [
        ("Send the invoice", "2026-03-09", "high", "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO", "open"),
        ("print it", "None", "None", "", "open"),
        ("sign it", "None", "None", "", "done"),
        ("Order toner", "None", "None", "", "done"),
    ],
    "apple-reminders.ics": [
        (
            *("Weekly shop", "2026-03-07 09:00:00-05:00", "high"),
            *("FREQ=WEEKLY;INTERVAL=1;BYDAY=SA", "open"),
        ),
        ("Oat milk", "None", "low", "", "done"),
        ("Bring the key back", "2026-03-10", "None", "", "open"),
    ],
    "nextcloud.ics": [
        ("Renovate the kitchen", "2026-04-01 17:00:00-04:00", "high", "", "open"),
        ("Order tiles", "None", "None", "", "open"),
    ],
    "tasks-org.ics": [
        ("Pick up the coat", "2026-03-05", "medium", "", "open"),
        ("Drink water", "2026-03-05 10:00:00-05:00", "None", "", "open"),
    ],
    "thunderbird.ics": [
        (
            *("Water the plants", "2026-03-01 04:00:00-05:00", "None"),
            *("FREQ=DAILY;UNTIL=20260401", "open"),
        ),
        ("Ring the bank", "2026-03-06 05:00:00-05:00", "None", "", "open"),
        ("Hand in the form", "2026-03-12 05:00:00-04:00", "None", "", "open"),
        ("Winter walk", "2025-12-01", "None", "FREQ=WEEKLY;UNTIL=20260228", "open"),
    ],
    "spreadsheet-utf16.csv": [
        ("Pay the deposit", "2026-03-20", "high", "", "open"),
        ("Buy lamps", "2026-03-24", "None", "", "done"),
    ],
    "list.md": [
        ("Fix the tap", "2026-03-11", "medium", "", "open"),
        ("Buy a washer", "None", "None", "", "open"),
        ("Turn off the water", "None", "None", "", "done"),
        ("Vacuum", "2026-03-07", "None", "FREQ=WEEKLY", "open"),
        ("Star as bullet", "None", "None", "", "open"),
        ("Numbered", "None", "None", "", "open"),
    ],
    "notes.org": [
        ("Write the report", "2026-03-10", "high", "", "open"),
        ("Buy milk", "None", "None", "", "done"),
        ("Stretch", "2026-03-05 07:00:00-05:00", "None", "FREQ=DAILY;INTERVAL=1!", "open"),
        ("Backup", "2026-03-08", "None", "FREQ=WEEKLY;INTERVAL=1", "open"),
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_file_of_another_program_comes_in_whole_and_twice_adds_nothing(
    memory_archive: TaskArchive, clock: FixedClock, name: str
) -> None:
    found, report = imported(name, clock)
    assert report.skipped == []
    assert [_told(one) for one in found] == EXPECTED[name]
    told: list[str] = []
    for added in (len(found), 0):
        again, _ = imported(name, clock)
        counts = memory_archive.bring_in(
            ANN, again, upsert=False, mend=lambda one, why: told.append(one.task.title)
        )
        assert (counts.added, counts.updated) == (added, 0)
    assert set(told) == ({"Pick up the coat"} if name == "tasks-org.ics" else set())


def _told(one: Portable) -> tuple[str, str, str, str, str]:
    task, repeat = one.task, one.task.repeat
    rule = repeat.rule + "!" * repeat.from_completion if repeat else ""
    return task.title, str(task.due), str(task.priority), rule, task.status.value


def test_todo_txt_repeats_by_its_own_mark_and_keeps_what_was_done_twice(clock: FixedClock) -> None:
    found, report = imported("todo.txt", clock)
    titles = [one.task.title for one in found]
    assert titles.count("Post letter") == 2
    assert _told(found[0])[3] == "FREQ=WEEKLY;INTERVAL=1!"
    assert _told(found[9])[3] == "FREQ=DAILY;INTERVAL=3"
    assert "Read http://example.com/?q=a:b key:value" in titles
    assert report.told == {"hidden tasks": 1}


@pytest.mark.parametrize(
    ("name", "more", "title"),
    [
        ("list.md", "\n- [ ] Bad \U0001f4c5 2026-02-31\n- [ ] Good\n", "Bad"),
        ("notes.org", "\n** TODO Bad\nDEADLINE: <2026-02-31>\n** TODO Good\n", "Bad"),
        ("todoist.csv", "\ntask,Bad,,1,1,,,someday,en,,,,,\ntask,Good,,1,1,,,,,,,,,\n", "Bad"),
        ("spreadsheet-utf16.csv", "\nBad\tsomeday\t\t\nGood\t\t\t\n", "Bad"),
    ],
)
def test_bad_entry_loses_itself_alone(clock: FixedClock, name: str, more: str, title: str) -> None:
    found, report = imported(name, clock, more)
    assert found[-1].task.title == "Good"
    (skipped,) = report.skipped
    assert skipped.title.startswith(title)
