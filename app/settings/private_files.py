"""Make files and directories that only their owner can read."""

import os
from collections.abc import Iterable
from errno import EACCES, EISDIR, EROFS
from pathlib import Path


def private_directory(directory: Path) -> None:
    """Make a directory and its missing parents with mode 0700; one that exists stays.

    Raises:
        OSError: It can't be made.
    """
    missing = [one for one in (directory, *directory.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    if not directory.is_dir():
        raise NotADirectoryError(20, "Not a directory", str(directory))


def private_file(file: Path) -> None:
    """Make an empty file with mode 0600 where there is none, and its directory.

    SQLite gives its journal files the mode of the database, so this covers them too. A file
    that exists isn't opened: closing it again would take away the locks that SQLite holds on
    it in this process (https://sqlite.org/howtocorrupt.html, 2.2), and the next process to
    end would delete the write-ahead log under our feet.

    Raises:
        OSError: It can't be made or written.
    """
    private_directory(file.parent)
    if file.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(file))
    if not file.exists():
        os.close(open_private(str(file), os.O_CREAT | os.O_RDWR))
    if not os.access(file, os.R_OK | os.W_OK):
        reason = EROFS if _is_read_only(file) else EACCES
        raise OSError(reason, os.strerror(reason), str(file))


def replace_file(file: Path, pieces: Iterable[str]) -> None:
    """Write a file with mode 0600; what was there stays until the new one is whole on the disk.

    A link stays a link.

    Args:
        file: The file.
        pieces: Its text, in pieces.

    Raises:
        OSError: It can't be written; nothing has changed.
    """
    file = file.resolve()
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    private_file(unfinished)
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as writing:
            writing.writelines(pieces)
            writing.flush()
            os.fsync(writing.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def open_private(path: str, flags: int) -> int:
    """Open a file, with mode 0600 where it is new: the `opener` of `open`.

    Args:
        path: The file.
        flags: As `os.open` takes them.
    """
    return os.open(path, flags, 0o600)


def _is_read_only(file: Path) -> bool:
    """Say whether the file system takes nothing; Windows doesn't tell."""
    return hasattr(os, "statvfs") and bool(os.statvfs(file).f_flag & os.ST_RDONLY)
