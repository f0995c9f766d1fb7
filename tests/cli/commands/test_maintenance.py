"""`migrate`, `backup`, `restore` and `forget`, as a person calls them."""

import shutil
import sqlite3
import stat
import subprocess
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.chat.history_file import history_path
from app.settings.private_files import private_file
from tests.conftest import Relay, provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import Enter
from tests.fakes.steps import calls, says
from tests.postgresql import Databases, client_programs


def add(relay: Relay, gemini: GeminiServer, title: str, user: str = "ann") -> None:
    gemini.plays(calls("add_task", title=title), says("Added."))
    assert relay.say(f"add {title}", user=user).ok


def titles(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / "tasks.db")) as connection:
        found = connection.execute("SELECT title FROM task_relay_tasks ORDER BY id").fetchall()
    return [title for (title,) in found]


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


def test_forget_removes_all_of_one_user_and_says_how_much(
    relay: Relay, gemini: GeminiServer, data_dir: Path, enter: Enter
) -> None:
    for user in ("ann", "bob"):
        add(relay, gemini, f"{user}'s", user=user)
    relay.say("in another thread", thread="work")
    relay.agent.container.recorder.close()
    refused = enter("forget", "--user", "ann")
    assert (refused.code, titles(data_dir)) == (3, ["ann's", "bob's"])
    done = enter("forget", "--user", "ann", "--yes")
    assert done.code == 0
    assert done.out.startswith("Removed of ann: 1 tasks, 1 events, 6 messages in 2 threads, ")
    assert done.out.endswith(" checkpoints, 3 model calls.\n")
    assert titles(data_dir) == ["bob's"]
    assert "no threads yet" in enter("threads", "--user", "ann").out
    gemini.plays(says("Who are you?"))
    relay.say("hello again")
    assert len(gemini.requests[-1]["body"]["contents"]) == 1
    assert "bob's" in enter("history", "--user", "bob").out
    for name in ("tasks.db", "conversations.db"):
        with closing(sqlite3.connect(data_dir / name)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
        assert b"ann's" not in (data_dir / name).read_bytes()


def test_forget_finds_threads_that_no_list_has_and_what_was_typed(
    relay: Relay, gemini: GeminiServer, data_dir: Path, enter: Enter
) -> None:
    for user in ("ann", "bob"):
        relay.say("of an older version", user=user, thread="work")
        private_file(history_path(data_dir, user))
    with closing(sqlite3.connect(data_dir / "tasks.db")) as connection:
        connection.execute("DELETE FROM task_relay_threads")
        connection.commit()
    assert enter("forget", "--user", "ann", "--yes").code == 0
    relay.say("hello", thread="work")
    assert len(gemini.requests[-1]["body"]["contents"]) == 1
    relay.say("hello", user="bob", thread="work")
    assert len(gemini.requests[-1]["body"]["contents"]) == 3
    assert [history_path(data_dir, user).exists() for user in ("ann", "bob")] == [False, True]


def test_forget_waits_for_a_short_writer_and_removes_nothing_under_a_running_turn(
    relay: Relay, data_dir: Path, enter: Enter
) -> None:
    relay.say("hello")
    (thread,) = relay.agent.container.transcript().threads("ann")
    locks = relay.agent.container.turn_locks()
    assert locks.take(thread.key)
    refused = enter("forget", "--user", "ann", "--yes")
    assert (refused.code, "nothing was removed" in refused.err) == (1, True)
    assert "hello" in enter("history", "--user", "ann").out
    locks.give_back(thread.key)
    file = data_dir / "conversations.db"
    with closing(sqlite3.connect(file, check_same_thread=False)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        later = threading.Timer(0.3, writer.rollback)
        later.start()
        done = enter("forget", "--user", "ann", "--yes")
        later.join()
    assert (done.code, done.err) == (0, "")


def test_migrate_makes_the_databases_and_says_their_schema(data_dir: Path, enter: Enter) -> None:
    from app.database import HEAD

    for _ in range(2):
        assert enter("migrate").out == f"The databases are at schema {HEAD}.\n"
    assert (data_dir / "tasks.db").exists()
    assert (data_dir / "conversations.db").exists()


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
