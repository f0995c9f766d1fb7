"""Bring in the tasks of a file."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.fakes.inside import Enter
from tests.fakes.terminal import Terminal


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


def test_import_reads_days_in_the_order_that_is_set(enter: Enter, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("title,due\nRent,03/04/2026\n")
    enter("import", "t.csv", APP_DATE_ORDER="day-first")
    enter("import", "t.csv", "--user", "bob", APP_DATE_ORDER="month-first")
    assert "2026-04-03" in enter("tasks").out
    assert "2026-03-04" in enter("tasks", "--user", "bob", "--status", "all").out
