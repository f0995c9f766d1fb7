"""Turn a database's errors into a sentence about the conversations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.database import advice
from app.errors import DatabaseError

CONVERSATIONS_FILE = "conversations.db"


@contextmanager
def translated(directory: Path) -> Iterator[None]:
    """Turn SQLite's errors into a sentence that names the file of the conversations."""
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseError(
            f"The conversations in {directory / CONVERSATIONS_FILE} can't be used: {error}. "
            f"{advice(error)}"
        ) from error
