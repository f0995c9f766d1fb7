"""Look at the files: how many lie in a folder, how long they are, and who reads the clock."""

from tests.conftest import ROOT

APP = ROOT / "app"
CLOCKS = (".now(UTC)", "datetime.now", "utcnow", "date.today", "time.time(", "time_ns(")
TABLES = {APP / "settings/failure_kinds.py"}
"""Files with one row for each thing of a kind, a line for each part of a row, and little else."""


def test_files_are_short() -> None:
    files = set(APP.rglob("*.py")) - TABLES
    assert [file for file in files if len(file.read_text().splitlines()) > 300] == []


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
