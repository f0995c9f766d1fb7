"""Bring in the tasks of a file."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.fakes.inside import Enter
from tests.fakes.terminal import Terminal


def test_bad_file_is_exit_1_or_2_and_changes_nothing(enter: Enter, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("title,due\na,today\nb,whenever\n")
    ended = enter("import", "--dry-run", "bad.csv")
    assert ended.code == 1
    assert "0 unchanged, 1 left out. Nothing was stored" in ended.out
    assert 'Left out, line 3 "b": due "whenever" not understood.' in ended.err
    refused = enter("import", "--strict", "bad.csv")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith('Line 3: due "whenever" not understood.')
    (tmp_path / "bytes.json").write_bytes(b"{}\n\x81")
    assert "Line 2 of bytes.json is no text" in enter("import", "bytes.json").err
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


def test_bad_entry_is_left_out_and_named_and_one_undo_takes_the_rest_back(
    enter: Enter, tmp_path: Path
) -> None:
    (tmp_path / "some.csv").write_text("title,due\na,today\nb,whenever\nc\nd,2026-05-01\n")
    ended = enter("import", "some.csv")
    assert (ended.code, ended.out) == (1, "2 tasks added, 0 updated, 0 unchanged, 2 left out.\n")
    assert ['line 3 "b"' in ended.err, 'line 4 "c"' in ended.err] == [True, True]
    assert "2 tasks added" not in enter("import", "some.csv").out
    assert "2 tasks" in enter("tasks").out
    enter("undo")
    assert "2026" not in enter("tasks").out


def test_file_that_is_no_utf8_is_read_and_told(enter: Enter, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_bytes("Caf\xe9\n".encode("cp1252"))
    ended = enter("import", "old.txt")
    assert (ended.code, "Windows-1252" in ended.err) == (0, True)
    assert "Caf\xe9" in enter("tasks").out
