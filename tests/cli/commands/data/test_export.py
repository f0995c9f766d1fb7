"""Write all tasks into a file."""

import json
import stat
from pathlib import Path

import pytest

from tests.fakes.inside import Enter


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
