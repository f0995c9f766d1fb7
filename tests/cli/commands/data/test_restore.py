"""Put a backup in the place of what is there."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.commands.data.contents import add, titles
from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.inside import Enter


def test_restore_on_a_new_machine_needs_no_word(
    relay: Relay,
    gemini: GeminiServer,
    tmp_path: Path,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(relay, gemini, "x")
    enter("backup", str(tmp_path / "b.zip"))
    monkeypatch.setenv("APP_DATA_DIR", str(tmp_path / "new"))
    assert enter("restore", str(tmp_path / "b.zip")).code == 0
    assert titles(tmp_path / "new") == ["x"]
    assert "you: add x" in enter("history", "--user", "ann").out


def test_restore_puts_a_backup_in_the_place_of_a_damaged_database(
    relay: Relay, gemini: GeminiServer, data_dir: Path, tmp_path: Path, enter: Enter
) -> None:
    add(relay, gemini, "x")
    relay.end()
    assert enter("backup", str(tmp_path / "b.zip")).code == 0
    (data_dir / "tasks.db").write_bytes(b"nonsense" * 1000)
    assert enter("restore", str(tmp_path / "b.zip"), "--yes").code == 0
    assert titles(data_dir) == ["x"]
    assert (data_dir / "tasks.db.damaged").read_bytes().startswith(b"nonsense")


def test_restore_into_a_database_that_is_held_ends_with_a_sentence(
    relay: Relay,
    gemini: GeminiServer,
    data_dir: Path,
    tmp_path: Path,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add(relay, gemini, "x")
    enter("backup", str(tmp_path / "b.zip"))
    monkeypatch.setattr("app.database.sqlite.BUSY_TIMEOUT_S", 0.1)
    with closing(sqlite3.connect(data_dir / "conversations.db")) as holder:
        holder.execute("BEGIN IMMEDIATE")
        ended = enter("restore", str(tmp_path / "b.zip"), "--yes")
    assert ended.code == 1
    assert "locked. Another program holds it" in ended.err


@pytest.mark.parametrize("broken", ["no zip", "another zip", "another database", "damaged"])
def test_file_that_is_no_whole_backup_changes_nothing(
    relay: Relay, gemini: GeminiServer, data_dir: Path, tmp_path: Path, enter: Enter, broken: str
) -> None:
    add(relay, gemini, "x")
    file = tmp_path / "b.zip"
    if broken == "no zip":
        file.write_bytes(b"hello")
    elif broken == "another zip":
        with zipfile.ZipFile(file, "w") as whole:
            whole.writestr("holiday.jpg", b"...")
    else:
        with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
            if broken == "damaged":
                with closing(sqlite3.connect(data_dir / "tasks.db")) as source:
                    source.backup(copy)
            else:
                copy.execute("CREATE TABLE holidays (x)")
        content = (tmp_path / "copy.db").read_bytes()
        with zipfile.ZipFile(file, "w") as whole:
            whole.writestr("tasks.db", content[:8000] + b"x" * len(content[8000:]))
    ended = enter("restore", str(file), "--yes")
    assert ended.code == 2
    assert str(file) in ended.err
    assert titles(data_dir) == ["x"]
