"""Let no SQLite transaction run while the process forks.

SQLite's locks belong to a process, and what it remembers of them goes over into a child that does
not hold them: a connection that is open at the fork can damage the file, even by being closed.
So all of them are closed before it, and opened again at their next use.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..forking import PATIENCE, at_fork


class ForkGate:
    """Open, but while the process forks; who is inside is waited for."""

    def __init__(self) -> None:
        self._renew()
        at_fork(
            self,
            before=ForkGate._shut,
            after_in_parent=ForkGate._reopen,
            after_in_child=ForkGate._renew,
        )

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Wait until it is open, and keep a fork waiting meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed, PATIENCE)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def _shut(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: not self._inside, PATIENCE)

    def _reopen(self) -> None:
        with self._changed:
            self._closed = False
            self._changed.notify_all()

    def _renew(self) -> None:
        self._changed = threading.Condition()
        self._inside, self._closed = 0, False


fork_gate = ForkGate()
"""The process's gate for all of its SQLite files."""
