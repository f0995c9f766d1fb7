"""Let one turn at a time run in a thread, whichever process or event loop it runs in.

Here a lock is one byte of a file that the operating system locks for the process. It ends with
the process, however that ends, so nobody waits for a process that is gone.
"""

import os
from pathlib import Path
from typing import Protocol

from ...database import lock_byte as _lock
from ...database import make_file, missing_extra
from ...database import unlock_byte as _unlock
from ...errors import DatabaseError
from ...forking import Guard, at_fork
from ...settings import Settings, is_postgresql
from .lock_ids import lock_id_of

_FILE = "turns.lock"
_LOCK_IDS = 2**30


class TurnLocks(Protocol):
    """The locks of the threads; two threads may share one, which then wait for each other."""

    def take(self, key: str) -> bool:
        """Take the lock of a thread; False when somebody has it.

        Raises:
            DatabaseError: The locks can't be reached.
        """

    def give_back(self, key: str) -> None:
        """Give a lock back."""

    def close(self) -> None:
        """Give back what is still held."""


def open_turn_locks(settings: Settings) -> TurnLocks:
    """Return the locks of all who share the conversations; nothing is opened yet."""
    if not is_postgresql(settings.database_url):
        return FileTurnLocks(settings.data_dir / _FILE)
    try:
        from .postgresql_locks import PostgresTurnLocks
    except ImportError as error:
        raise missing_extra() from error
    return PostgresTurnLocks(settings)


class FileTurnLocks:
    """Locks in a file, of which the process has one for all that name it."""

    def __init__(self, file: Path) -> None:
        self._file = _the_file(file)
        self._mine: set[int] = set()
        at_fork(self, after_in_child=FileTurnLocks._forget)

    def take(self, key: str) -> bool:
        """Take the lock of a thread; False when this or another process has it.

        Raises:
            DatabaseError: The file can't be made or opened.
        """
        lock_id = lock_id_of(key) % _LOCK_IDS
        if not self._file.take(lock_id):
            return False
        self._mine.add(lock_id)
        return True

    def give_back(self, key: str) -> None:
        """Give a lock back."""
        lock_id = lock_id_of(key) % _LOCK_IDS
        if lock_id in self._mine:
            self._mine.discard(lock_id)
            self._file.give_back(lock_id)

    def close(self) -> None:
        """Give back what is held here."""
        while self._mine:
            self._file.give_back(self._mine.pop())

    def _forget(self) -> None:
        self._mine.clear()


class _LockFile:
    """The one descriptor of a file in this process, and the bytes that are locked in it.

    The system knows such locks by process and file: a second descriptor would get the same
    lock again, and closing it would give all of them back. A child has none of its parent's.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._guard = Guard()
        self._descriptor: int | None = None
        self._held: set[int] = set()
        at_fork(self, after_in_child=_LockFile._forget)

    def take(self, lock_id: int) -> bool:
        with self._guard:
            if lock_id in self._held or not self._lock(lock_id):
                return False
            self._held.add(lock_id)
            return True

    def give_back(self, lock_id: int) -> None:
        with self._guard:
            self._held.discard(lock_id)
            _unlock(self._open(), lock_id)

    def _forget(self) -> None:
        self._held.clear()

    def _lock(self, lock_id: int) -> bool:
        try:
            return _lock(self._open(), lock_id)
        except OSError as error:  # network file systems may know no locks
            raise DatabaseError(
                f"{self._file} can't be locked ({error.strerror}). "
                "Set APP_DATA_DIR to a directory on a disk of this machine."
            ) from error

    def _open(self) -> int:
        if self._descriptor is None:
            make_file(self._file)
            self._descriptor = os.open(self._file, os.O_RDWR)
        return self._descriptor


_files: dict[Path, _LockFile] = {}
_files_guard = Guard()


def _the_file(file: Path) -> _LockFile:
    with _files_guard:
        return _files.setdefault(file, _LockFile(file))
