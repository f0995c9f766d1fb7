"""Copy the databases into one file while they are in use, and put such a copy back."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import make_url

from app.conversations import CONVERSATIONS_FILE
from app.database import VERSION_TABLE, make_file
from app.errors import DatabaseError, InputError
from app.private_files import private_file
from app.settings import Settings

_TASKS_FILE = "tasks.db"
_TABLES = ("task_relay_*", "task_relay.*")
"""What is ours in PostgreSQL: tables with our prefix, and our schema with the checkpoints."""


def back_up(settings: Settings, file: Path) -> None:
    """Write a backup: for SQLite a zip of the databases, for PostgreSQL what pg_dump makes.

    The conversations are copied first: a backup may hold a change that its conversation
    doesn't tell of, never the other way round. The old file stays until the new one is whole.

    Raises:
        DatabaseError: A database can't be read, or pg_dump isn't there or fails.
        InputError: The file can't be written.
    """
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        private_file(unfinished)
        if _is_sqlite(settings):
            _zip_copies(_files(settings), unfinished)
        else:
            _dump(settings, unfinished)
        unfinished.replace(file)
    except OSError as error:
        raise InputError(f"{file} can't be written ({error.strerror}).") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def restore(settings: Settings, file: Path) -> None:
    """Put the content of a backup in the place of what is in the databases now.

    Nothing is changed unless every part of the backup is whole.

    Raises:
        InputError: The file is no backup of ours.
        DatabaseError: A database can't be written, or is PostgreSQL.
    """
    if not _is_sqlite(settings):
        raise DatabaseError(
            "A PostgreSQL database is restored by its own tool: run python -m app migrate, "
            "then pg_restore --clean --if-exists --dbname=URL FILE."
        )
    targets = _files(settings)
    with tempfile.TemporaryDirectory(dir=_near(targets[_TASKS_FILE])) as place:
        for name in targets:
            _unpack(file, name, Path(place))
        for name, target in targets.items():
            make_file(target)
            _copy(Path(place) / name, target)


def present(settings: Settings) -> bool:
    """Say whether there is a database already that a restore would overwrite."""
    return _is_sqlite(settings) and any(file.exists() for file in _files(settings).values())


def _files(settings: Settings) -> dict[str, Path]:
    """Return the databases by their names in a backup, in the order of copying."""
    tasks = Path(str(make_url(settings.database_url).database))
    return {
        CONVERSATIONS_FILE: settings.data_dir / CONVERSATIONS_FILE,
        _TASKS_FILE: tasks,
    }


def _zip_copies(files: dict[str, Path], target: Path) -> None:
    with (
        tempfile.TemporaryDirectory(dir=target.parent) as place,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole,
    ):
        for name, source in files.items():
            if source.exists():
                copy = Path(place) / name
                private_file(copy)
                _copy(source, copy)
                whole.write(copy, name)


def _copy(source: Path, target: Path) -> None:
    """Copy a SQLite database as it stands at one instant, whoever is writing to it."""
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)
    except sqlite3.Error as error:
        raise DatabaseError(f"{source} can't be copied to {target}: {error}.") from error


def _unpack(file: Path, name: str, place: Path) -> None:
    """Take one database out of a backup and check it; an absent one becomes an empty one."""
    try:
        with zipfile.ZipFile(file) as whole:
            if name in whole.namelist():
                whole.extract(name, place)
            elif name == _TASKS_FILE:
                raise InputError(f"{file} is no backup of Task Relay: it holds no {name}.")
        with closing(sqlite3.connect(place / name)) as connection:
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


def _dump(settings: Settings, target: Path) -> None:
    command = shutil.which("pg_dump")
    if command is None:
        raise DatabaseError(
            "pg_dump is not on the PATH. Install PostgreSQL's client programs, or let your "
            "database's host make the backup."
        )
    url = make_url(settings.database_url).set(drivername="postgresql")
    plain = url.set(password=None).render_as_string()
    done = subprocess.run(
        [
            *(command, "--format=custom", f"--file={target}"),
            *(f"--table={table}" for table in _TABLES),
            f"--dbname={plain}",
        ],
        env={**os.environ, "PGPASSWORD": url.password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DatabaseError(f"pg_dump failed: {' '.join(done.stderr.split())}")


def _is_sqlite(settings: Settings) -> bool:
    return make_url(settings.database_url).get_backend_name() == "sqlite"
