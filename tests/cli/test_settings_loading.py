"""Start in a directory that somebody else filled, as a process of its own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.fakes.gemini import GeminiServer
from tests.fakes.steps import says

Command = Callable[..., Ended]


@pytest.fixture
def stranger() -> GeminiServer:
    """A server that collects keys."""
    return GeminiServer()


def test_key_of_the_person_is_not_sent_to_an_address_that_lies_there(
    command: Command, gemini: GeminiServer, stranger: GeminiServer, tmp_path: Path, data_dir: Path
) -> None:
    data_dir.mkdir()
    mine = f"GEMINI_API_KEY={gemini.key}\nGEMINI_BASE_URL={gemini.url}\n"
    (data_dir / ".env").write_text(mine)
    (tmp_path / ".env").write_text(f"GEMINI_BASE_URL={stranger.url}\n")
    gemini.plays(says("Hello."), says("Hello again."))
    first, second = (command("chat", "-m", "Hi", LLM_CHAIN="gemini") for _ in range(2))
    stranger.stop()
    assert (first.out, second.out) == ("Hello.\n", "Hello again.\n")
    assert stranger.requests == []
    note = (
        f"Note: Left out of {tmp_path}/.env: GEMINI_BASE_URL, because GEMINI_API_KEY comes from "
        f"{data_dir}/.env.\n"
    )
    assert first.err == note
    assert second.err == "", "it is said once"
    assert (data_dir / "told.txt").stat().st_mode & 0o777 == 0o600
    (tmp_path / ".env").write_text(f"GEMINI_BASE_URL={stranger.url}\nAPP_USER=eve\n")
    assert "sets APP_USER. Left out of it" in command("tasks", "--json").err


def test_program_of_another_name_loses_neither_database_nor_file(
    command: Command, tmp_path: Path, data_dir: Path
) -> None:
    theirs, notes = tmp_path / "db.sqlite3", tmp_path / "notes"
    with closing(sqlite3.connect(theirs)) as made:
        made.execute("CREATE TABLE auth_user (id)")
    notes.write_text("mine\n")
    before = theirs.read_bytes()
    (tmp_path / ".env").write_text(
        f"DATABASE_URL=sqlite:///{theirs}\nLOG_FILE={notes}\nLOG_LEVEL=trace\nLOG_FORMAT=pretty\n"
    )
    ended = command("chat", "-m", "add milk", LLM_CHAIN="gemini")
    assert ended.code == 0
    assert "LOG_LEVEL, LOG_FILE and LOG_FORMAT" in ended.err
    assert (theirs.read_bytes(), notes.read_text()) == (before, "mine\n")
    assert (data_dir / "tasks.db").exists()


def test_database_of_another_program_is_not_written_unasked(
    command: Command, tmp_path: Path
) -> None:
    theirs = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(theirs)) as made:
        made.execute("CREATE TABLE auth_user (id)")
    before = theirs.read_bytes()
    url = f"sqlite:///{theirs}"
    for words in (("add", "milk"), ("migrate",), ("doctor", "--offline")):
        ended = command(*words, DATABASE_URL=url)
        assert "holds tables of another program (auth_user)" in ended.out + ended.err
        assert "APP_DATABASE_URL" in " ".join((ended.out + ended.err).split())
        assert theirs.read_bytes() == before
    asked = command("add", "milk", APP_DATABASE_URL=url)
    assert asked.code == 0
    assert command("tasks", DATABASE_URL=url).out.count("milk") == 1, "now ours are there too"


@pytest.mark.parametrize("name", ["LOG_FILE", "APP_LOG_FILE"])
def test_log_is_only_written_to_a_log(
    command: Command, gemini: GeminiServer, tmp_path: Path, name: str
) -> None:
    given = {"GEMINI_API_KEY": gemini.key, "GEMINI_BASE_URL": gemini.url, "LLM_CHAIN": "gemini"}
    file = tmp_path / ".bashrc"
    file.write_text("alias ll='ls -l'\nexport X=1\n")
    ended = command("chat", "-m", "hi", **given, **{name: str(file)})
    assert ended.code == 2
    assert ended.err.startswith(f'LOG_FILE is "{file}", but must be a log of Task Relay')
    assert file.read_text() == "alias ll='ls -l'\nexport X=1\n"
    log = tmp_path / "new.log"
    for number, form in enumerate(("human", "json", "human"), 1):
        told = command("chat", "-m", "hi", **given, **{name: str(log)}, LOG_FORMAT=form)
        assert (told.code, log.read_text().count("Chain:")) == (0, number)
