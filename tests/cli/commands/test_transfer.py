import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.fakes.inside import Enter
from tests.fakes.terminal import Terminal


@pytest.mark.parametrize("file", ["t.json", "t.csv", "t.txt", "t.ics"])
def test_export_and_import_by_the_file(enter: Enter, tmp_path: Path, file: str) -> None:
    enter("add", "Pay rent friday #home !high")
    enter("add", "b")
    wrote = enter("export", "--out", file)
    assert (wrote.code, wrote.out, wrote.err) == (0, "", f"Wrote 2 tasks to {file}.\n")
    assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600
    assert enter("import", file).out == "0 tasks added, 0 updated, 2 unchanged.\n"
    assert enter("import", file, "--user", "bob").out.startswith("2 tasks added")
    assert "Pay rent  Fri 2026-03-06  high" in enter("tasks", "--user", "bob").out


def test_export_goes_to_the_screen_by_default(enter: Enter) -> None:
    enter("add", "Müll")
    assert json.loads(enter("export").out)["tasks"][0]["title"] == "Müll"
    assert enter("export", "--format", "todotxt").out.rstrip().endswith("Müll")


def test_bad_file_is_exit_1_or_2_and_changes_nothing(enter: Enter, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("title,due\na,today\nb,whenever\n")
    ended = enter("import", "bad.csv")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith('Line 3: due "whenever" not understood.')
    (tmp_path / "bytes.json").write_bytes(b"{}\n\xff")
    assert "Line 2 of bytes.json is no UTF-8" in enter("import", "bytes.json").err
    (tmp_path / "odd.xyz").write_text("x")
    assert "no known ending" in enter("import", "odd.xyz").err
    assert enter("import", "missing.json").code == 2
    assert json.loads(enter("export").out)["tasks"] == []
    assert enter("export", "--out", "bad.csv/x.json").code == 2


def test_long_import_shows_a_progress_bar_and_undo_takes_it_back(
    enter: Enter, in_terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    (tmp_path / "many.txt").write_text("".join(f"task {n}\n" for n in range(1200)))
    importing = in_terminal("import", "many.txt")
    importing.wait("100%")
    importing.wait("1200 tasks added, 0 updated, 0 unchanged.")
    assert importing.end() == 0
    assert len(json.loads(enter("export").out)["tasks"]) == 1200
    assert "... 1200 tasks in all." in enter("undo").out
    assert "task 7" not in enter("tasks").out


def test_purge_asks_and_is_for_good(
    enter: Enter, command: Callable[..., Ended], in_terminal: Callable[..., Terminal]
) -> None:
    enter("add", "a")
    enter("add", "b")
    command("chat", "-m", "delete 1")
    refused = enter("purge")
    assert (refused.code, refused.out) == (3, "")
    asking = in_terminal("purge")
    asking.wait("Remove all deleted tasks of local for good? [y/N]:")
    asking.type("n")
    assert asking.end() == 3
    assert enter("purge", "--yes").out == "1 deleted tasks removed for good.\n"
    assert "#1: no such task." in command("chat", "-m", "reopen 1").out


def test_format_that_is_named_wins_over_the_ending_and_an_unknown_ending_is_json(
    enter: Enter, tmp_path: Path
) -> None:
    enter("add", "a")
    enter("export", "--format", "csv", "--out", "t.json")
    assert "title" in (tmp_path / "t.json").read_text().splitlines()[0].split(",")
    enter("export", "--out", "t.bak")
    assert json.loads((tmp_path / "t.bak").read_text())["tasks"][0]["title"] == "a"
    (tmp_path / "t.xyz").write_text("b\n")
    assert enter("import", "--format", "todotxt", "t.xyz").out.startswith("1 tasks added")


def test_export_that_cannot_be_written_is_told_and_leaves_the_old_file(
    enter: Enter, tmp_path: Path
) -> None:
    enter("add", "a")
    (tmp_path / "file").write_text("old")
    ended = enter("export", "--out", "file/t.json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "file/t.json can't be written (Not a directory).\n"
    assert (tmp_path / "file").read_text() == "old"


def test_import_reads_days_in_the_order_that_is_set(enter: Enter, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("title,due\nRent,03/04/2026\n")
    enter("import", "t.csv", APP_DATE_ORDER="day-first")
    enter("import", "t.csv", "--user", "bob", APP_DATE_ORDER="month-first")
    assert "2026-04-03" in enter("tasks").out
    assert "2026-03-04" in enter("tasks", "--user", "bob", "--status", "all").out
