"""Write the log: one line an event, to a file, redacted, off the caller's thread."""

import atexit
import logging
import os
import queue
from collections.abc import Callable, Sequence
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import IO, Any

from ...errors import SettingsError
from ...forking import Guard, at_fork
from ...settings import HUMAN, JSON, open_private, private_directory
from .formatters import HumanLines, JsonLines, is_log_line, stamp

_OURS = "task_relay"
_MOST_BYTES = 5_000_000
_OLD_FILES = 3
_STREAMS = ("/dev/std", "/dev/fd/")
"""How the names of a process's own streams begin, which may lead to a file of anybody."""
_LONGEST_LINE = 1_000_000
"""Bytes that are read of a line to see whether it is one of a log."""


class LogFile:
    """The log file of this process.

    Records pass through a queue to a thread of their own, so that an event loop never waits
    for the disk.
    """

    def __init__(self, file: Path, level: str, secrets: Sequence[str], form: str = HUMAN) -> None:
        """Open the file; `form` is `human` or `json`.

        Raises:
            SettingsError: It can't be opened for writing, or holds something else.
        """
        try:
            private_directory(file.parent)
            if not may_be_log(file):
                raise SettingsError(
                    f'LOG_FILE is "{file}", but must be a log of Task Relay or a new file: what is '
                    "there holds something else. Set it to another place."
                )
            self._writer = _PrivateFile(file, maxBytes=_MOST_BYTES, backupCount=_OLD_FILES)
        except OSError as error:
            raise SettingsError(
                f'LOG_FILE is "{file}", but must be a file that can be written '
                f"({error.strerror}); set it, or APP_DATA_DIR, to another place."
            ) from error
        self._writer.setFormatter((JsonLines if form == JSON else HumanLines)(secrets))
        self.handler = _AsIs(queue.SimpleQueue(), self._listen)
        self.handler.setLevel(level)
        self._level = level
        self._listener: QueueListener | None = None
        self._closed = self._whole_process = False
        self._listening = Guard()
        atexit.register(self.close)
        at_fork(self, after_in_child=LogFile._renew)

    def attach(self, whole_process: bool) -> None:
        """Let our loggers write here; of a whole process, every library's warnings too."""
        self._whole_process = whole_process
        logging.getLogger(_OURS).setLevel(self._level)
        logging.getLogger("" if whole_process else _OURS).addHandler(self.handler)
        if whole_process:
            logging.captureWarnings(True)

    def detach(self) -> None:
        """Undo `attach`; what libraries still say at the end of the process goes nowhere."""
        for name in ("", _OURS):
            logging.getLogger(name).removeHandler(self.handler)
        if self._whole_process and not logging.getLogger().handlers:
            logging.getLogger().addHandler(logging.NullHandler())

    def close(self) -> None:
        """Write what is queued, and close the file; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        if self._listener is not None:
            self._listener.stop()
        self._writer.close()

    def _listen(self) -> None:
        """Start the thread, at the first record."""
        with self._listening:
            if self._listener is None and not self._closed:
                listener = QueueListener(self.handler.queue, self._writer)
                listener.start()
                self._listener = listener

    def _renew(self) -> None:
        """Begin a queue of a child's own; what waits in the parent's, the parent writes."""
        self.handler.queue = queue.SimpleQueue()
        self._listener = None


def may_be_log(file: Path) -> bool:
    """Say whether a log may be written to a file: to a new or empty one, a log of ours, a device.

    The second line counts too: a full disk may have left half of a first one.

    Raises:
        OSError: It can't be read.
    """
    if not file.is_file() or str(file).startswith(_STREAMS):
        return not file.is_block_device()  # opening a directory is refused in words of its own
    with file.open("rb") as reading:
        lines = [reading.readline(_LONGEST_LINE) for _ in range(2)]
    return not lines[0] or any(is_log_line(line.decode("utf-8", "replace")) for line in lines)


class _PrivateFile(RotatingFileHandler):
    """Open files with mode 0600, and follow the name where another process has moved the file.

    Without that each process would go on in a file of its own, and move the others' away.
    """

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        """Say whether the file that has the name now is full."""
        if self.stream is not None and not _has_the_name(self.stream, Path(self.baseFilename)):
            self.stream.close()
            self.stream = self._open()
        return bool(super().shouldRollover(record))

    def _open(self) -> Any:
        return open(
            self.baseFilename,
            self.mode,
            encoding="utf-8",
            errors="backslashreplace",
            opener=open_private,
        )


def _has_the_name(stream: IO[str], name: Path) -> bool:
    try:
        return os.path.samestat(name.stat(), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


class _AsIs(QueueHandler):
    """Queue records unformatted but for their message: the formatter needs the traceback.

    Args:
        records: The queue.
        listen: Sees to it that somebody listens to it.
    """

    def __init__(
        self, records: "queue.SimpleQueue[logging.LogRecord]", listen: Callable[[], None]
    ) -> None:
        super().__init__(records)
        self._listen = listen

    def enqueue(self, record: logging.LogRecord) -> None:
        """Queue a record."""
        self._listen()
        super().enqueue(record)

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Fix the message and its turn now: arguments change, and the turn is this thread's."""
        stamp(record)
        record.msg = record.getMessage()
        record.args = None
        return record
