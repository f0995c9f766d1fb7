"""Read a SQLite file where nothing can be written: on a full disk, or one that is read-only.

A file with a write-ahead log needs a second one beside it, the log's index, already for reading,
which can't be made there. So the file is read as one that nobody changes, where its log is empty,
and else from a copy.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

from ..errors import DatabaseError
from ..forking import at_fork
from . import sqlite
from .engine import reading
from .schema import HEAD, version_of

Connect = Callable[[], sqlite3.Connection]


def open_readable(url: str) -> Engine | None:
    """Return an engine that reads a file as it stands; None where that can't be, or isn't enough.

    Args:
        url: The address of a SQLite file, whose schema must be this program's.
    """
    file = Path(str(make_url(url).database)).absolute()
    connect = way_to_read(file)
    if connect is None:
        return None
    engine = create_engine(url, creator=connect, hide_parameters=True)
    event.listen(engine, "connect", sqlite.prepare_reading)
    event.listen(engine, "begin", sqlite.begin)
    at_fork(engine, before=Engine.dispose)
    try:
        with reading(engine) as connection:
            if version_of(connection) == HEAD:
                return engine
    except DatabaseError:
        pass  # why it can't be written says more
    engine.dispose()
    return None


def way_to_read(file: Path) -> Connect | None:
    """Return what connects to a file for reading without writing anything; None for no way.

    A file that somebody holds is left to the wait for its lock: it changes just now.
    """
    for connect in _ways(file):
        try:
            with closing(connect()) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except (sqlite3.Error, OSError) as error:
            if "locked" in str(error):
                return None
            continue
        return connect
    return None


def _ways(file: Path) -> Iterator[Connect]:
    if not file.is_file():
        return
    yield lambda: _connected(f"{file.as_uri()}?mode=ro")
    log = _log_of(file)
    if not log.exists() or not log.stat().st_size:
        yield lambda: _connected(f"{file.as_uri()}?immutable=1")
    yield lambda: _copied(file)


def _connected(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=sqlite.BUSY_TIMEOUT_S, check_same_thread=False)


def _copied(file: Path) -> sqlite3.Connection:
    """Return a connection to what a file and its log hold together, in memory."""
    with tempfile.TemporaryDirectory(prefix="task-relay-") as place:
        copy = Path(place) / "copy.db"
        for source, target in ((file, copy), (_log_of(file), _log_of(copy))):
            shutil.copyfile(source, target)
        whole = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(copy)) as joined:
            joined.backup(whole)
        return whole


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")
