import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

import app.database.schema
from app.database import HEAD, PREFIX, metadata, open_engine, upgrade, writing
from app.errors import DatabaseError
from app.tasks.store import rows
from tests.conftest import child_environment
from tests.fakes.warm import Warm


def test_head_is_the_newest_migration() -> None:
    scripts = Path(app.database.schema.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(scripts))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_make_the_tables_that_the_code_uses(database_url: str) -> None:
    engine = open_engine(database_url)
    upgrade(engine)
    found = inspect(engine)
    assert rows.tasks.name in metadata.tables
    for table in metadata.tables.values():
        columns = {column["name"] for column in found.get_columns(table.name)}
        assert columns == set(table.columns.keys())
    engine.dispose()


def test_tables_of_a_host_stay_untouched_and_ours_carry_the_prefix(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as host:
        host.exec_driver_sql("CREATE TABLE tasks (x INTEGER)")
        host.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        host.exec_driver_sql("INSERT INTO alembic_version VALUES ('theirs')")
    upgrade(engine)
    names = set(inspect(engine).get_table_names())
    assert all(name.startswith(PREFIX) for name in names - {"tasks", "alembic_version"})
    with engine.connect() as reader:
        assert reader.exec_driver_sql("SELECT * FROM alembic_version").scalar() == "theirs"
    engine.dispose()


def test_newer_schema_is_refused_and_left_alone(database_url: str) -> None:
    engine = open_engine(database_url)
    upgrade(engine)
    with engine.begin() as writer:
        writer.exec_driver_sql(f"UPDATE {PREFIX}version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="Update Task Relay"):
        upgrade(engine)
    with engine.connect() as reader:
        found = reader.exec_driver_sql(f"SELECT version_num FROM {PREFIX}version").scalar()
    assert found == "9999"
    engine.dispose()


UPGRADE = """
import sys
from app.database import open_engine, upgrade
engine = open_engine(sys.argv[1])
upgrade(engine)
print("alembic" in sys.modules)
"""


def test_processes_that_start_together_migrate_once(database_url: str, warm: Warm) -> None:
    command = ["-c", UPGRADE, database_url]
    started = [
        subprocess.Popen(
            [warm.python, *command],
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0] * 3, ended
    again = subprocess.run(
        [sys.executable, *command],
        env=child_environment(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert again.stdout == b"False\n"


def test_files_and_directories_are_the_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        engine = open_engine(f"sqlite:///{tmp_path}/a/b/t.db")
        upgrade(engine)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    finally:
        os.umask(old)
        engine.dispose()
    assert modes.pop("a") == modes.pop("b") == 0o700
    assert set(modes.values()) == {0o600}


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="can't be opened for writing"):
        open_engine(f"sqlite:///{tmp_path}/file/t.db")


def test_locked_database_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.database.sqlite.BUSY_TIMEOUT_S", 0.05)
    url = f"sqlite:///{tmp_path}/t.db"
    engine = open_engine(url)
    upgrade(engine)
    other = create_engine(url)
    with other.connect() as holder:
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"locked.*close that one"), writing(engine, "x"):
            pass
    other.dispose()
    engine.dispose()
