"""Copy everything into a file."""

import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.commands.data.contents import add, titles
from tests.conftest import Relay, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import Enter
from tests.fakes.steps import says
from tests.postgresql import Databases, client_programs


def test_backup_while_in_use_and_restore(
    relay: Relay, gemini: GeminiServer, data_dir: Path, tmp_path: Path, enter: Enter
) -> None:
    add(relay, gemini, "before")
    with closing(sqlite3.connect(data_dir / "tasks.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE task_relay_tasks SET title = 'half done'")
        assert enter("backup", str(tmp_path / "b.zip")).code == 0
        writer.execute("ROLLBACK")
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600
    add(relay, gemini, "after")
    refused = enter("restore", str(tmp_path / "b.zip"))
    assert (refused.code, titles(data_dir)) == (3, ["before", "after"])
    assert "add --yes" in refused.err
    assert enter("restore", str(tmp_path / "b.zip"), "--yes").code == 0
    assert titles(data_dir) == ["before"]
    gemini.plays(says("I am here."))
    assert relay.say("are you there?").reply == "I am here."
    told = [c["parts"][0].get("text") for c in gemini.requests[-1]["body"]["contents"]]
    assert [text for text in told if text] == ["add before", "Added.", "are you there?"]


def test_backup_that_cannot_be_written_is_told_and_leaves_nothing(
    relay: Relay, tmp_path: Path, enter: Enter
) -> None:
    relay.say("hello")
    (tmp_path / "file").write_text("")
    ended = enter("backup", str(tmp_path / "file" / "b.zip"))
    assert (ended.code, ended.err.strip()[-18:]) == (2, "(Not a directory).")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "file"]


def test_backup_of_nothing_or_onto_a_database_is_refused(
    relay: Relay, data_dir: Path, tmp_path: Path, enter: Enter
) -> None:
    shutil.rmtree(data_dir)
    nothing = enter("backup", str(tmp_path / "b.zip"))
    assert (nothing.code, (tmp_path / "b.zip").exists()) == (1, False)
    assert str(data_dir / "tasks.db") in nothing.err
    relay.say("hello")
    assert enter("backup", str(data_dir / "tasks.db")).code == 2
    assert relay.say("still there?").ok


def test_backup_of_postgresql_is_what_pg_restore_takes(
    make_relay: Callable[..., Relay],
    gemini: GeminiServer,
    groq: GroqServer,
    databases: Databases,
    tmp_path: Path,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = databases.migrated(), databases.empty()
    relay = make_relay(**provider_settings(gemini, groq), database_url=here)
    add(relay, gemini, "x")
    monkeypatch.setenv("APP_DATABASE_URL", here)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    without = enter("backup", str(tmp_path / "b.dump"))
    assert (without.code, without.err[:30]) == (1, "pg_dump is not on the PATH. In")
    monkeypatch.setenv("PATH", str(client_programs()))
    assert enter("backup", str(tmp_path / "b.dump")).code == 0
    restored = enter("restore", str(tmp_path / "b.dump"), "--yes")
    assert (restored.code, "pg_restore --clean" in restored.err) == (1, True)
    monkeypatch.setenv("APP_DATABASE_URL", there)
    assert enter("migrate").code == 0
    subprocess.run(
        [
            *("pg_restore", "--clean", "--if-exists"),
            *("--dbname", there.replace("+psycopg", ""), tmp_path / "b.dump"),
        ],
        check=True,
    )
    assert "you: add x" in enter("history", "--user", "ann").out
    moved = make_relay(**provider_settings(gemini, groq), database_url=there)
    gemini.plays(says("I am here."))
    assert moved.say("are you there?").reply == "I am here."
    assert len(gemini.requests[-1]["body"]["contents"]) == 5
    for url in (here, there):
        databases.drop(url)
