"""Lock bytes of a file for this process; the system gives them back when it ends, however it ends.

The system knows such locks by process and file: a second descriptor would get the same lock again,
and closing it would give all of them back.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DatabaseError
from ..forking import Guard
from ..settings import private_file

PREPARING_S = 300.0
"""How long a start waits for another one that makes or changes the tables; it needs seconds, but
a hundred programs that start at once have the processor to share."""

_PAUSE_S = 0.03

if sys.platform == "win32":
    import msvcrt

    def lock_byte(descriptor: int, number: int) -> bool:
        """Lock a byte of a file; False when another process has it."""
        os.lseek(descriptor, number, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock_byte(descriptor: int, number: int) -> None:
        """Give a byte of a file back."""
        os.lseek(descriptor, number, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock_byte(descriptor: int, number: int) -> bool:
        """Lock a byte of a file; False when another process has it."""
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except BlockingIOError:
            return False
        return True

    def unlock_byte(descriptor: int, number: int) -> None:
        """Give a byte of a file back."""
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, number)


_preparing = Guard()


@contextmanager
def preparing(
    file: Path,
    *,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Let one process at a time make or change the tables of a SQLite file; the others wait.

    SQLite itself would turn most of those away that come at the same moment.

    Args:
        file: The database.
        monotonic: A clock in seconds.
        sleep: Waits so many seconds.

    Raises:
        DatabaseError: Another process takes too long, or the lock's file can't be made.
    """
    lock = file.with_name(f"{file.name}.lock")
    with _preparing:
        try:
            private_file(lock)
            descriptor = os.open(lock, os.O_RDWR)
        except OSError as error:
            raise DatabaseError(
                f"{lock} can't be written ({error.strerror}). Check its owner and mode."
            ) from error
        try:
            latest = monotonic() + PREPARING_S
            while not lock_byte(descriptor, 0):
                if monotonic() > latest:
                    raise DatabaseError(
                        f"Another program has been preparing {file} for {PREPARING_S:.0f} seconds. "
                        "See whether it still runs, end it, and try again."
                    )
                sleep(_PAUSE_S)
            yield
        finally:
            os.close(descriptor)
