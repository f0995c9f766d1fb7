"""Keep conversations in a SQLite file, for callers with and without an event loop."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from langgraph.checkpoint.sqlite import SqliteSaver

from app.conversations.threaded import ThreadedSaver
from app.database import make_file
from app.errors import DatabaseError

_FILE = "conversations.db"
_BUSY_TIMEOUT_S = 10.0


class ConversationSaver(ThreadedSaver, SqliteSaver):
    """LangGraph's SQLite saver, one call at a time, for callers of any kind."""


def open_sqlite_conversations(directory: Path) -> ConversationSaver:
    """Open the conversations of a data directory; a new file gets mode 0600.

    Raises:
        DatabaseError: It can't be made or opened.
    """
    file = directory / _FILE
    make_file(file)
    with sqlite_translated(directory):
        connection = sqlite3.connect(file, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
        saver = ConversationSaver(connection)
        saver.setup()
        return saver


@contextmanager
def sqlite_translated(directory: Path) -> Iterator[None]:
    """Turn SQLite's errors into a sentence that names the file of the conversations."""
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseError(
            f"The conversations in {directory / _FILE} can't be used: {error}. "
            "Check that the file is yours and whole, and that no other program holds it."
        ) from error
