"""Keep out of a database that another program uses, unless this one was sent there by name."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from ..errors import DatabaseError
from ..settings import is_postgresql
from .engine import open_engine, reading
from .metadata import PREFIX

_SHOWN = 3
_IN_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
_IN_POSTGRESQL = text("""
    SELECT relname FROM pg_class JOIN pg_namespace AS space ON space.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND nspname !~ '^(pg_|information_schema$)'
    AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
        AND deptype = 'e'
    ) ORDER BY relname
""")
"""All tables but the system's and those that an extension brought."""


def refuse_others_database(url: str) -> None:
    """Refuse a database that holds tables of another program and none of ours.

    Nothing is written, nor is a SQLite file set up for our use.

    Args:
        url: Where it is.

    Raises:
        DatabaseError: It is another program's, or PostgreSQL can't be asked.
    """
    names = list(_tables_in_postgresql(url) if is_postgresql(url) else _tables_in_sqlite(url))
    if not names or any(name.startswith(PREFIX) for name in names):
        return
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    place = make_url(url)
    where = "/".join(filter(None, (place.host, place.database)))
    raise DatabaseError(
        f"The database {where}, which DATABASE_URL names, holds tables of another program "
        f"({shown}) and none of Task Relay's, so it is left alone. Set APP_DATABASE_URL: to the "
        "same address if you want both in it, else to one for Task Relay."
    )


def _tables_in_postgresql(url: str) -> Iterator[str]:
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            yield from connection.scalars(_IN_POSTGRESQL)
    finally:
        engine.dispose()


def _tables_in_sqlite(url: str) -> Iterator[str]:
    """Yield the tables of a file; of one that isn't there or no database, none.

    What isn't in a write-ahead log is read without taking a lock or making a file.
    """
    file = Path(str(make_url(url).database)).absolute()
    if not file.is_file():
        return
    how = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?{how}", uri=True)) as connection:
            for (name,) in connection.execute(_IN_SQLITE).fetchall():
                yield str(name)
    except sqlite3.Error:
        return
