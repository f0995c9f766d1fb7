"""Prepare SQLite connections, and let writers of several threads and processes take turns.

SQLite's own busy handler sleeps ever longer between its tries, up to a tenth of a second, so
among several busy processes one may starve until its timeout. Here a writer looks again after
a few random milliseconds: then everybody has the same chance at each look. It waits on for as
long as others get something done.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT_S = 10.0
"""How long a writer waits for another one that gets nothing done."""

LONGEST_S = 120.0
"""How long it waits for others who do, one after the other: as many as start at once."""

CHECKPOINT_PAGES = 4_000
"""Pages of 4 KB in the log before they go into the database: with SQLite's 1,000 every
sixtieth write of a large store pays for it, which is its p99."""

_SHORT_MS = 5
_SOON_S, _LATER_S = 0.006, 0.04
"""The longest pauses between two looks, at first and after a second."""

WRITE, RELAXED = "task_relay_write", "task_relay_relaxed"
"""Execution options of a connection: it will write; a power cut may take its change back."""

_writers: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
_T = TypeVar("_T")


def prepare(connection: Any, _record: object) -> None:
    """Set up a new connection: write-ahead log, foreign keys, and a busy timeout for readers.

    Args:
        connection: The driver's connection.
        _record: SQLAlchemy's; not used.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def prepare_reading(connection: Any, _record: object) -> None:
    """Set up a new connection that is to write nothing.

    Args:
        connection: The driver's connection.
        _record: SQLAlchemy's; not used.
    """
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON").close()


def begin(connection: Connection) -> None:
    """Begin a transaction; one that writes takes the write lock at once."""
    options = connection.get_execution_options()
    if not options.get(WRITE):
        connection.exec_driver_sql("BEGIN")
        return
    level = "NORMAL" if options.get(RELAXED) else "FULL"
    connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_SHORT_MS}")
    try:
        file = Path(str(connection.engine.url.database))
        patiently(lambda: connection.exec_driver_sql("BEGIN IMMEDIATE"), progress=progress_of(file))
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}")


@contextmanager
def one_writer(engine: Engine) -> Iterator[None]:
    """Let the threads of this process write one after the other, without looking again."""
    lock = _writers.setdefault(engine, threading.Lock())
    held = lock.acquire(timeout=BUSY_TIMEOUT_S)
    try:
        yield  # without it the database itself says who holds it
    finally:
        if held:
            lock.release()


def forget_writer(engine: Engine) -> None:
    """Forget which thread writes: it is not there in a child."""
    _writers.pop(engine, None)


def patiently(
    work: Callable[[], _T],
    *,
    progress: Callable[[], object] = lambda: None,
    monotonic: Callable[[], float] = time.monotonic,
    pause: Callable[[], None] | None = None,
) -> _T:
    """Do something that may find the database locked, again and again for the busy timeout.

    Args:
        work: What to do.
        progress: Returns something that changes with each write of others; while it does, the
            timeout begins anew, up to `LONGEST_S`.
        monotonic: A clock in seconds.
        pause: Waits a moment between two tries; when None a few milliseconds, and after a second
            some more, because hundreds that look all the time leave the others no processor.

    Raises:
        sqlite3.OperationalError, OperationalError: It is still locked, or failed otherwise.
    """
    begun = monotonic()
    latest, seen = begun + BUSY_TIMEOUT_S, None
    while True:
        try:
            return work()
        except (sqlite3.OperationalError, OperationalError) as error:
            if "locked" not in str(error):
                raise
            now, before, seen = monotonic(), seen, progress()
            if seen != before:
                latest = min(now + BUSY_TIMEOUT_S, begun + LONGEST_S)
            if now > latest:
                raise
        if pause is not None:
            pause()
        else:
            time.sleep(random.uniform(0.001, _SOON_S if now < begun + 1 else _LATER_S))


def progress_of(file: Path) -> Callable[[], object]:
    """Return what `patiently` is told of the writes of others to a file."""
    return lambda: _stand(file)


def _stand(file: Path) -> object:
    """Return what changes with each write: size and time of the file and of its log."""
    stand = []
    for one in (file, file.with_name(f"{file.name}-wal")):
        with suppress(OSError):
            found = one.stat()
            stand.append((found.st_size, found.st_mtime_ns))
    return stand
