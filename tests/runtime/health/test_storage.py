import os
import sqlite3
import stat
from pathlib import Path

import pytest

from app.clock import SystemClock
from app.database import HEAD
from app.runtime import Stores
from app.runtime.health import Level
from app.runtime.health.storage import storage_findings
from app.settings import Settings


def look(data_dir: Path) -> dict[str, tuple[Level, str]]:
    """Return what is found, by the first word."""
    found = storage_findings(Settings(data_dir=data_dir, timezone="UTC"))
    return {one.text.partition(":")[0]: (one.level, one.text) for one in found}


@pytest.fixture
def made(data_dir: Path) -> Path:
    """The task database of a first use."""
    stores = Stores(Settings(data_dir=data_dir, timezone="UTC"), SystemClock())
    stores.tasks()
    stores.close()
    return data_dir / "tasks.db"


def change_version(file: Path, version: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE task_relay_version SET version_num = ?", (version,))
    connection.close()


def test_nothing_is_made_by_looking(data_dir: Path) -> None:
    found = look(data_dir)
    assert {level for level, _ in found.values()} == {Level.OK}
    assert all("not there yet" in text for _, text in found.values())
    assert not data_dir.exists()


def test_database_in_use_is_well(data_dir: Path, made: Path) -> None:
    level, text = look(data_dir)["Tasks"]
    assert level is Level.OK
    assert text.startswith(f"Tasks: {made}, ")
    assert text.endswith(f" KB, can be written. Schema {HEAD}, the newest.")


@pytest.mark.parametrize(
    ("version", "level", "told"),
    [
        ("0003", Level.OK, f"Schema 0003; it is brought to {HEAD} at the next use."),
        ("0999", Level.PROBLEM, f"Schema 0999 is newer than this program's {HEAD}: update"),
    ],
)
def test_other_schemas_are_told(
    data_dir: Path, made: Path, version: str, level: Level, told: str
) -> None:
    change_version(made, version)
    found = look(data_dir)["Tasks"]
    assert found[0] is level
    assert told in found[1]


def test_locked_and_broken_databases_are_told_apart(
    data_dir: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.runtime.health.storage._PATIENCE", 0.01)
    holder = sqlite3.connect(made, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    level, text = look(data_dir)["Tasks"]
    assert level is Level.WARNING
    assert text.endswith(
        "database is locked. Another program holds it; close that one and try again."
    )
    holder.close()
    (data_dir / "conversations.db").write_bytes(b"no database" * 200)
    level, text = look(data_dir)["Conversations"]
    assert level is Level.PROBLEM
    assert "file is not a database" in text


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_file_that_others_can_read_is_a_warning(data_dir: Path, made: Path) -> None:
    made.chmod(0o644)
    level, text = look(data_dir)["Tasks"]
    assert level is Level.WARNING
    assert text.endswith(f"Others can read it: chmod 600 {made}")
    assert stat.S_IMODE(made.stat().st_mode) == 0o644


def test_place_where_nothing_can_be_made_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = look(tmp_path / "file" / "data")
    assert {level for level, _ in found.values()} == {Level.PROBLEM}
    assert "Set APP_DATA_DIR to another place." in found["Log"][1]


def test_server_that_is_away_is_a_problem_and_its_password_a_secret(data_dir: Path) -> None:
    url = "postgresql://me:geheim@127.0.0.1:9/db"
    settings = Settings(data_dir=data_dir, timezone="UTC", database_url=url)
    server, log = storage_findings(settings)
    assert (server.level, log.level) == (Level.PROBLEM, Level.OK)
    assert server.text.startswith("Tasks and conversations: ")
    assert "geheim" not in server.text


def test_server_is_told_with_its_schema(postgresql_url: str, data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, timezone="UTC", database_url=postgresql_url)
    server, _ = storage_findings(settings)
    assert server.level is Level.OK
    assert server.text.endswith(f"can be reached. Schema {HEAD}, the newest.")
