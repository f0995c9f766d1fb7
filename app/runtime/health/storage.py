"""Look at the files that are written: databases and log; none is made by looking."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from ...conversations import CONVERSATIONS_FILE
from ...database import (
    HEAD,
    VERSION_TABLE,
    advice,
    check_sessions,
    open_engine,
    reading,
    version_of,
)
from ...errors import DatabaseError, SettingsError
from ...settings import Settings, is_postgresql, without_password
from ...telemetry import may_be_log
from .findings import Finding, Level

AREA = "What is kept"
_PATIENCE = 1.0
"""Seconds to wait for another program that holds a database."""


def storage_findings(settings: Settings) -> list[Finding]:
    """Return how the databases and the log stand."""
    file = database_file(settings)
    if file is None:
        return [_server(settings.database_url), _log(settings.log_file)]
    conversations = settings.data_dir / CONVERSATIONS_FILE
    return [
        _database("Tasks", file, versioned=True),
        _database("Conversations", conversations, versioned=False),
        _log(settings.log_file),
    ]


def database_file(settings: Settings) -> Path | None:
    """Return the file of the task database; None where a server keeps it."""
    if is_postgresql(settings.database_url):
        return None
    _, _, file = settings.database_url.partition(":///")
    return Path(file.partition("?")[0]).absolute()


def _server(url: str) -> Finding:
    """Look at a PostgreSQL database, which holds tasks and conversations; nothing is migrated."""
    address = without_password(url)
    try:
        engine = open_engine(url)
        with reading(engine) as connection:
            version = version_of(connection)
        engine.dispose()
        check_sessions(url)
    except (DatabaseError, SettingsError) as error:
        return Finding(AREA, Level.PROBLEM, f"Tasks and conversations: {error}")
    text = f"Tasks and conversations: {address}, can be reached. {_of_version(version)}"
    newer = version is not None and version > HEAD
    return Finding(AREA, Level.PROBLEM if newer else Level.OK, text)


def _database(what: str, file: Path, *, versioned: bool) -> Finding:
    if not file.exists():
        return _missing(what, file)
    size = _size(file.stat().st_size)
    try:
        with closing(_opened(file)) as connection:
            version = _version(connection) if versioned else None
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        level = Level.WARNING if "locked" in str(error) else Level.PROBLEM
        return Finding(AREA, level, f"{what}: {file}, {size}: {error}. {advice(error)}")
    text = f"{what}: {file}, {size}, can be written."
    if versioned:
        text += f" {_of_version(version)}"
        if version is not None and version > HEAD:
            return Finding(AREA, Level.PROBLEM, text)
    return _if_private(file, text)


def _opened(file: Path) -> sqlite3.Connection:
    uri = f"{file.as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=_PATIENCE, isolation_level=None)


def _version(connection: sqlite3.Connection) -> str | None:
    known = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (VERSION_TABLE,)
    ).fetchone()
    if known is None:
        return None
    row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()
    return str(row[0]) if row else None


def _of_version(version: str | None) -> str:
    if version is None:
        return "No schema yet; it is made at the next use."
    if version == HEAD:
        return f"Schema {version}, the newest."
    if version > HEAD:
        return f"Schema {version} is newer than this program's {HEAD}: update Task Relay."
    return f"Schema {version}; it is brought to {HEAD} at the next use."


def _log(file: Path) -> Finding:
    if not file.exists():
        return _missing("Log", file)
    if not os.access(file, os.R_OK | os.W_OK):
        text = f"Log: {file} can't be written. Set LOG_FILE to another place."
        return Finding(AREA, Level.PROBLEM, text)
    if not may_be_log(file):
        text = f"Log: {file} holds something else. Set APP_LOG_FILE to another place."
        return Finding(AREA, Level.PROBLEM, text)
    text = f"Log: {file}, {_size(file.stat().st_size)}, can be written."
    return _if_private(file, text)


def _missing(what: str, file: Path) -> Finding:
    """Say of a file that isn't there whether it could be made."""
    directory = next(parent for parent in file.parents if parent.exists())
    if directory.is_dir() and os.access(directory, os.W_OK):
        return Finding(AREA, Level.OK, f"{what}: {file}, not there yet; made at the first use.")
    text = f"{what}: {file} can't be made, because {directory} can't be written."
    return Finding(AREA, Level.PROBLEM, f"{text} Set APP_DATA_DIR to another place.")


def _if_private(file: Path, text: str) -> Finding:
    """Warn of a file that others on the machine can read."""
    if os.name == "posix" and file.stat().st_mode & 0o077:
        return Finding(AREA, Level.WARNING, f"{text} Others can read it: chmod 600 {file}")
    return Finding(AREA, Level.OK, text)


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"
