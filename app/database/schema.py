"""Bring the schema to its newest version; Alembic is imported only when there is work."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ..errors import DatabaseError
from .engine import reading, writing
from .metadata import PREFIX

HEAD = "0006"
"""The newest revision in `migrations/versions`."""

VERSION_TABLE = f"{PREFIX}version"

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, in one transaction.

    Processes that start together queue for the write lock, and the later ones find the
    work done.

    Raises:
        DatabaseError: The database failed, or a newer program made its schema.
    """
    with reading(engine) as connection:
        if version_of(connection) == HEAD:
            return
    with writing(engine, "schema") as connection:
        if version_of(connection) != HEAD:
            _migrate(connection)


def version_of(connection: Connection) -> str | None:
    """Return the revision of a database; None for one that has no schema yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    version = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return None if version is None else str(version)


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseError(
            f"The database has a schema that this version doesn't know ({error}). "
            "Update Task Relay, or set APP_DATABASE_URL to another database."
        ) from error
