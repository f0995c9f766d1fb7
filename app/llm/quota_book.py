"""Remember how much of each quota is used, in memory and in the database of all processes.

Counting is ours alone: it sees the calls of every process on this database, but not those
of another program on the same key. So it may let a call through that earns a 429, and the
429 sets it right.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from app.clock import Clock
from app.errors import DatabaseError
from app.telemetry import Gauge, InOrder, QuotaStore
from app.telemetry.quota_store import Change, Key

_log = logging.getLogger("app.llm")

_FRESH_FOR = 1.0
_PAUSE = 0.1


class QuotaBook:
    """The quotas of all models.

    Read at the first use, and from then on behind the answers' backs, at most a second old.

    Args:
        store: Opens the rows; called in a thread of its own.
        clock: Where the time comes from.
    """

    def __init__(self, store: Callable[[], QuotaStore], clock: Clock) -> None:
        self._open_store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._gauges: dict[Key, Gauge] = {}
        self._pending: list[tuple[Key, Change]] = []
        self._read_at: float | None = None
        self._told = False
        self._rows = InOrder("task-relay-quotas", pause=_PAUSE)

    async def refresh(self) -> None:
        """Read the database the first time; later let it be read soon, unless it just was."""
        now = self._clock.monotonic()
        first = self._read_at is None
        if first or now - (self._read_at or 0) > _FRESH_FOR:
            self._read_at = now
            if first:
                await self._rows.now(self._write_and_read)
            else:
                self._rows.later(self._write_and_read)

    def gauge(self, key: Key) -> Gauge | None:
        """Return how one quota stands; None where it is not known."""
        return self._gauges.get(key)

    def change(self, key: Key, change: Change) -> None:
        """Change a quota in memory at once, and its row behind the answer's back."""
        with self._lock:
            self._apply(key, change)
            first = not self._pending
            self._pending.append((key, change))
        if first:
            self._rows.later(self._write_and_read)

    def close(self) -> None:
        """Wait until every change is in the database."""
        self._rows.close()

    def _write_and_read(self) -> None:
        with self._lock:
            taken, self._pending = self._pending, []
        if taken:
            self._safely(lambda: self._open_store().change(taken))
        loaded = self._safely(lambda: self._open_store().load())
        if loaded is None:
            return
        with self._lock:
            self._gauges = loaded
            for key, change in self._pending:
                self._apply(key, change)

    def _apply(self, key: Key, change: Change) -> None:
        after = change(self._gauges.get(key))
        if after is None:
            self._gauges.pop(key, None)
        else:
            self._gauges[key] = after

    def _safely(self, work: Callable[[], Any]) -> Any:
        """Do work on the rows; a database that fails is told to the log once."""
        try:
            done = work()
        except DatabaseError as error:
            if not self._told:
                _log.warning("Quotas can't be stored, they live in memory: %s", error)
            self._told = True
            return None
        self._told = False
        return done
