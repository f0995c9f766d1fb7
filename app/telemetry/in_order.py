"""Do database work on one thread, in the order given, so that no answer waits for a write."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

_log = logging.getLogger("app")

T = TypeVar("T")


class InOrder:
    """One worker thread, started at the first use.

    What was given is done before the process ends, unless it is killed.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._worker: ThreadPoolExecutor | None = None

    def later(self, work: Callable[[], Any]) -> None:
        """Do the work soon; what it raises is a bug and goes to the log."""
        self._submit(work).add_done_callback(_tell)

    async def now(self, work: Callable[[], T]) -> T:
        """Do the work behind all that was given before, and return what it returns."""
        return await asyncio.wrap_future(self._submit(work))

    def close(self) -> None:
        """Wait until everything is done; a later use starts a new thread."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.shutdown(wait=True)

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        with self._lock:
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, thread_name_prefix=self._name)
            return self._worker.submit(work)


def _tell(done: "Future[Any]") -> None:
    if error := done.exception():
        _log.error("Work behind an answer stopped on a bug", exc_info=error)
