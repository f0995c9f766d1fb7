"""End what sends things elsewhere, and wait for all of it no longer than a person would."""

import threading
import time
from collections.abc import Callable

PATIENCE_S = 2.0
"""Seconds that the end of a process waits for addresses that don't answer, in all."""


class Ending:
    """Several things that end beside each other.

    Args:
        patience: How many seconds are waited for them together.
        monotonic: A clock in seconds.
    """

    def __init__(
        self, patience: float = PATIENCE_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience = patience
        self._monotonic = monotonic
        self._threads: list[threading.Thread] = []

    def begin(self, end: Callable[[], object]) -> None:
        """Let something end, in a thread that holds no process."""
        thread = threading.Thread(target=end, name="task-relay-ending", daemon=True)
        thread.start()
        self._threads.append(thread)

    def wait(self) -> bool:
        """Wait for them; say whether all have ended."""
        latest = self._monotonic() + self._patience
        for thread in self._threads:
            thread.join(max(0.0, latest - self._monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
