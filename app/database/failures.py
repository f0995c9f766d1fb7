"""Tell whoever counts them that work on a database failed."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from ..errors import DatabaseError

Heard = Callable[[], None]
_LIBRARIES = ("sqlite3", "psycopg", "psycopg_pool", "sqlalchemy")

_heard: WeakKeyDictionary[Engine, Heard] = WeakKeyDictionary()


def tell_failures(engine: Engine, heard: Heard) -> None:
    """Let somebody hear each time that work on a database fails.

    Args:
        engine: The database.
        heard: Called then, on the thread that worked.
    """
    _heard[engine] = heard


def failed(engine: Engine) -> None:
    """Tell that work has failed."""
    if heard := _heard.get(engine):
        heard()


def is_of_database(error: BaseException) -> bool:
    """Say whether an error is a database's, in our words or in those of its library."""
    of_library = type(error).__module__.partition(".")[0] in _LIBRARIES
    return of_library or isinstance(error, DatabaseError)
