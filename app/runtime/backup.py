"""Copy the databases into one file while they are in use, and put such a copy back."""

import sqlite3
import tempfile
import zipfile
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import make_url

from .. import PROGRAM
from ..conversations import CONVERSATIONS_FILE
from ..database import VERSION_TABLE, advice, make_file, patiently, way_to_read
from ..errors import DatabaseError, InputError
from ..settings import Settings, private_file
from .postgresql_dump import dump

_TASKS_FILE = "tasks.db"
_SQLITE_TIMEOUT = 0.1
"""Seconds that SQLite waits for a lock by itself; `patiently` waits longer."""


def back_up(settings: Settings, file: Path) -> None:
    """Write a backup: for SQLite a zip of the databases, for PostgreSQL what pg_dump makes.

    The conversations are copied first: a backup may hold a change that its conversation
    doesn't mention, never the other way round. The old file stays until the new one is whole.

    Args:
        settings: Where the databases are.
        file: The backup to write.

    Raises:
        DatabaseError: A database is missing or can't be read, or pg_dump isn't there or fails.
        InputError: The file can't be written, or is one of the databases.
    """
    if _is_sqlite(settings):
        _check(_files(settings), file)
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        private_file(unfinished)
        if _is_sqlite(settings):
            _zip_copies(_files(settings), unfinished)
        else:
            dump(settings.database_url, unfinished)
        unfinished.replace(file)
    except OSError as error:
        raise InputError(f"{file} can't be written ({error.strerror}).") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def restore_backup(settings: Settings, file: Path) -> None:
    """Put the content of a backup in the place of what is in the databases now.

    Nothing is changed unless every part of the backup is whole. A file in the way that is no
    database any more is kept beside it, with `.damaged` at the end of its name.

    Args:
        settings: Where the databases are.
        file: The backup to read.

    Raises:
        InputError: The file is no backup of Task Relay.
        DatabaseError: A database can't be written, or is PostgreSQL.
    """
    if not _is_sqlite(settings):
        raise DatabaseError(
            f"A PostgreSQL database is restored by its own tool: run {PROGRAM} migrate, "
            "then pg_restore --clean --if-exists --dbname=URL FILE, with the password in "
            "PGPASSWORD and not in URL: everybody can list a program's arguments."
        )
    targets = _files(settings)
    with tempfile.TemporaryDirectory(dir=_near(targets[_TASKS_FILE])) as directory:
        for name in targets:
            _unpack(file, name, Path(directory))
        for name, target in targets.items():
            make_file(target)
            try:
                _copy(Path(directory) / name, target)
            except _Damaged:
                _set_aside(target)
                make_file(target)
                _copy(Path(directory) / name, target)


def database_exists(settings: Settings) -> bool:
    """Say whether there is a database already that a restore would overwrite."""
    return _is_sqlite(settings) and any(file.exists() for file in _files(settings).values())


def _files(settings: Settings) -> dict[str, Path]:
    """Return the databases by their names in a backup, in the order of copying."""
    tasks = Path(str(make_url(settings.database_url).database))
    return {
        CONVERSATIONS_FILE: settings.data_dir / CONVERSATIONS_FILE,
        _TASKS_FILE: tasks,
    }


def _check(files: dict[str, Path], file: Path) -> None:
    if file.resolve() in [database.resolve() for database in files.values()]:
        raise InputError(f"{file} is a database in use. Name another file for the backup.")
    if not files[_TASKS_FILE].exists():
        raise DatabaseError(f"There is no database {files[_TASKS_FILE]} yet to make a backup of.")


def _zip_copies(files: dict[str, Path], target: Path) -> None:
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as directory,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole,
    ):
        for name, source in files.items():
            if source.exists():
                copy = Path(directory) / name
                private_file(copy)
                _copy(source, copy)
                whole.write(copy, name)


class _Damaged(DatabaseError):
    """A database that can't be copied because it, or the target, is none."""


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite database as it stands at one instant, whoever is writing to it."""
    try:
        with (
            closing(_opened(source)) as read,
            closing(sqlite3.connect(target, timeout=_SQLITE_TIMEOUT)) as written,
        ):
            patiently(lambda: read.backup(written, progress=_stop_when_busy))
    except sqlite3.Error as error:
        kind = _Damaged if "not a database" in str(error) else DatabaseError
        sentence = f"{source} can't be copied to {target}: {error}. {advice(error)}"
        raise kind(sentence) from error


def _opened(source: Path) -> sqlite3.Connection:
    """Connect to a database that is to be copied, also where nothing can be written beside it."""
    connection = sqlite3.connect(source, timeout=_SQLITE_TIMEOUT)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        if (connect := way_to_read(source)) is not None:
            connection.close()
            return connect()
    except sqlite3.DatabaseError:
        pass  # it is none, which the copy says in its own words
    return connection


def _stop_when_busy(status: int, _remaining: int, _total: int) -> None:
    """Stop a copy that would wait for a lock without end."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def _set_aside(database: Path) -> None:
    """Move a file away, with the journal that SQLite would read into the new one."""
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + end).replace(f"{database}.damaged{end}")


def _unpack(file: Path, name: str, directory: Path) -> None:
    """Take one database out of a backup and check it; an absent one becomes an empty one."""
    try:
        with zipfile.ZipFile(file) as whole:
            if name in whole.namelist():
                whole.extract(name, directory)
            elif name == _TASKS_FILE:
                raise InputError(f"{file} is no backup of Task Relay: it holds no {name}.")
        with closing(sqlite3.connect(directory / name)) as connection:
            (sound,) = connection.execute("PRAGMA quick_check").fetchone()
            if name == _TASKS_FILE:
                connection.execute(f"SELECT version_num FROM {VERSION_TABLE}")
    except (zipfile.BadZipFile, sqlite3.Error, OSError) as error:
        raise InputError(f"{file} is no whole backup of Task Relay ({error}).") from error
    if sound != "ok":
        raise InputError(f"{file} is damaged: {name} in it fails its check.")


def _near(file: Path) -> Path:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return file.parent


def _is_sqlite(settings: Settings) -> bool:
    return make_url(settings.database_url).get_backend_name() == "sqlite"
