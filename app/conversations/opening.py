"""Open conversations where the settings say: beside the tasks in PostgreSQL, else in a file."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import make_url

from app.conversations.checkpointer import open_sqlite_conversations, sqlite_translated
from app.conversations.threaded import ThreadedSaver
from app.database import explained, missing_extra
from app.database_url import is_postgresql
from app.errors import DatabaseError
from app.settings import Settings


def open_conversations(settings: Settings) -> ThreadedSaver:
    """Open the conversations; what holds them is made where it is missing.

    Raises:
        DatabaseError: They can't be opened.
    """
    if not is_postgresql(settings.database_url):
        return open_sqlite_conversations(settings.data_dir)
    try:
        from app.conversations.postgresql import open_postgresql_conversations
    except ImportError as error:
        raise missing_extra() from error
    with translated(settings):
        return open_postgresql_conversations(settings.database_url)


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
        told = explained(error, make_url(settings.database_url))
        raise DatabaseError(f"The conversations can't be used. {told}") from error
