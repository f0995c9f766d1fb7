"""Turn a database's errors into a sentence about the conversations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from ..database import advice, explained
from ..errors import DatabaseError
from ..settings import Settings, is_postgresql

CONVERSATIONS_FILE = "conversations.db"


@contextmanager
def translated(settings: Settings) -> Iterator[None]:
    """Turn the errors of what holds the conversations into a sentence.

    Raises:
        DatabaseError: It failed.
    """
    if not is_postgresql(settings.database_url):
        with sqlite_translated(settings.data_dir):
            yield
        return
    from psycopg import Error

    try:
        yield
    except Error as error:
        reason = explained(error, make_url(settings.database_url))
        raise DatabaseError(f"The conversations can't be used. {reason}") from error


@contextmanager
def sqlite_translated(directory: Path) -> Iterator[None]:
    """Turn SQLite's errors into a sentence that names the file of the conversations.

    Raises:
        DatabaseError: It failed.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseError(
            f"The conversations in {directory / CONVERSATIONS_FILE} can't be used: {error}. "
            f"{advice(error)}"
        ) from error
