"""What is in a store: tasks that a turn adds, and their titles in its file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.conftest import Relay
from tests.fakes.gemini import GeminiServer
from tests.fakes.steps import calls, says


def add(relay: Relay, gemini: GeminiServer, title: str, user: str = "ann") -> None:
    gemini.plays(calls("add_task", title=title), says("Added."))
    assert relay.say(f"add {title}", user=user).ok


def titles(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / "tasks.db")) as connection:
        found = connection.execute("SELECT title FROM task_relay_tasks ORDER BY id").fetchall()
    return [title for (title,) in found]
