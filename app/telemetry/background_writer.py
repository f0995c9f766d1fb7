"""Do database work on one thread, in the order given, so that no answer waits for a write."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from ..forking import PATIENCE, Guard, at_fork

_log = logging.getLogger("task_relay")

T = TypeVar("T")


class BackgroundWriter:
    """One worker thread, started at the first use.

    What was given is done before the process ends, unless it is killed.

    Args:
        name: The thread's name.
        pause: Seconds that a write may lie, so that it takes no time from the answer that
            is being made.
    """

    _worker: ThreadPoolExecutor | None

    def __init__(self, name: str, pause: float = 0.05) -> None:
        self._name = name
        self._pause = pause
        self._lock = Guard()
        self._renew()
        at_fork(
            self,
            before=BackgroundWriter._rest,
            after_in_parent=BackgroundWriter._go_on,
            after_in_child=BackgroundWriter._renew,
            works=True,
        )

    def later(self, work: Callable[[], Any]) -> None:
        """Do the work soon; what it raises is a bug and goes to the log."""
        due = time.monotonic() + self._pause

        def unhurried() -> None:
            self._hurry.wait(max(0.0, due - time.monotonic()))
            self._work(work)

        self._submit(unhurried).add_done_callback(_tell)

    async def now(self, work: Callable[[], T]) -> T:
        """Do the work, behind all that was given before, and return what it returns."""
        self._hurry.set()
        done = self._submit(lambda: self._work(work))
        done.add_done_callback(lambda _: self._hurry.clear())
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Wait until everything is done; a later use starts a new thread."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            self._hurry.set()
            worker.shutdown(wait=True)
            self._hurry.clear()

    def _work(self, work: Callable[[], T]) -> T:
        with self._working:
            return work()

    def _renew(self) -> None:
        """Begin anew, as at first: a child has no thread, and its parent does what was given."""
        self._hurry = threading.Event()
        self._working = threading.Lock()
        self._resting = False
        self._worker = None

    def _rest(self) -> None:
        self._resting = self._working.acquire(timeout=PATIENCE)

    def _go_on(self) -> None:
        if self._resting:
            self._working.release()

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        with self._lock:
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, thread_name_prefix=self._name)
            return self._worker.submit(work)


def _tell(done: "Future[Any]") -> None:
    if error := done.exception():
        _log.error("Work behind an answer stopped on a bug", exc_info=error)
