"""Bring the schema to its newest version; Alembic is imported only when there is work."""

from contextlib import nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from ..errors import DatabaseError
from .engine import reading, writing
from .file_locks import preparing
from .metadata import PREFIX

HEAD = "0006"
"""The newest revision in `migrations/versions`."""

VERSION_TABLE = f"{PREFIX}version"

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, in one transaction.

    Processes that start together take turns, and the later ones find the work done.

    Raises:
        DatabaseError: The database failed, or a newer program made its schema.
    """
    if _is_ready(engine):
        return
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    with preparing(Path(file)) if file else nullcontext(), writing(engine, "schema") as connection:
        if version_of(connection) != HEAD:
            _migrate(connection)


def _is_ready(engine: Engine) -> bool:
    """Say whether the schema is the newest; a file that is just being made isn't looked into."""
    if engine.dialect.name == "sqlite" and _is_empty(Path(str(engine.url.database))):
        return False
    try:
        with reading(engine) as connection:
            return version_of(connection) == HEAD
    except DatabaseError as error:
        if "locked" in str(error.__cause__):
            return False
        raise


def _is_empty(file: Path) -> bool:
    return not file.exists() or not file.stat().st_size


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
