"""Look at the files: how many lie in a folder, how long they are, and who reads the clock."""

from tests.conftest import ROOT

APP = ROOT / "app"
CLOCKS = (".now(UTC)", "datetime.now", "utcnow", "date.today", "time.time(", "time_ns(")


def test_files_are_short() -> None:
    lines = {file: len(file.read_text().splitlines()) for file in APP.rglob("*.py")}
    assert [file for file, number in lines.items() if number > 300] == []


def test_a_folder_holds_at_most_fifteen_files_beside_its_face() -> None:
    folders = {folder: len(list(folder.glob("*.py"))) for folder in [APP, *APP.rglob("*/")]}
    assert {folder: number for folder, number in folders.items() if number > 16} == {}


def test_at_most_eight_modules_lie_loose_at_the_top() -> None:
    assert len(list(APP.glob("*.py"))) <= 8


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        str(file.relative_to(APP))
        for file in APP.rglob("*.py")
        if any(word in file.read_text() for word in CLOCKS)
    }
    assert readers == {"clock.py"}
