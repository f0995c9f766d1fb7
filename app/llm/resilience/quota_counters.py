"""Remember how much of each quota is used, in memory and in the database of all processes.

Counting is ours alone: it sees the calls of every process on this database, but not those
of another program on the same key. So it may let a call through that earns a 429, and the
429 sets it right.
"""

import logging
from collections.abc import Callable

from ...clock import Clock
from ...errors import DatabaseError
from ...forking import Guard, at_fork
from ...telemetry import BackgroundWriter, QuotaChange, QuotaGauge, QuotaKey, QuotaStore

_log = logging.getLogger("task_relay.llm")

_FRESH_FOR = 1.0
_PAUSE = 0.1
_MOST_WAITING = 1_000
"""Changes kept in memory while the database can't be written; older ones are dropped."""


class QuotaCounters:
    """The quotas of all models.

    Read at the first use, and from then on in the background, at most a second old.

    Args:
        store: Opens the rows; called in a thread of its own.
        clock: Where the time comes from.
    """

    def __init__(self, store: Callable[[], QuotaStore], clock: Clock) -> None:
        self._open_store = store
        self._clock = clock
        self._lock = Guard()
        self._gauges: dict[QuotaKey, QuotaGauge] = {}
        self._pending: list[tuple[QuotaKey, QuotaChange]] = []
        self._read_at: float | None = None
        self._failure_logged = False
        at_fork(self, after_in_child=QuotaCounters._renew)
        self._rows = BackgroundWriter("task-relay-quotas", pause=_PAUSE)

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

    def gauge(self, key: QuotaKey) -> QuotaGauge | None:
        """Return how one quota stands; None where it is not known."""
        return self._gauges.get(key)

    def change(self, key: QuotaKey, change: QuotaChange) -> None:
        """Change a quota in memory at once, and its row later in the background.

        Args:
            key: Which quota of which model.
            change: A function of how it stands.
        """
        with self._lock:
            self._apply(key, change)
            first = not self._pending
            self._pending.append((key, change))
        if first:
            self._rows.later(self._write_and_read)

    async def settle(self) -> None:
        """Wait until every change of before is in the database, or the database failed."""
        await self._rows.now(self._write_and_read)

    def close(self) -> None:
        """Wait until every change is in the database."""
        self._rows.close()

    def _renew(self) -> None:
        """Leave what is not written yet to the parent, who writes it."""
        self._pending = []

    def _write_and_read(self) -> None:
        with self._lock:
            taken, self._pending = self._pending, []
        try:
            store = self._open_store()
            if taken:
                store.change(taken)
                taken = []
            loaded = store.load()
        except DatabaseError as error:
            self._wait_with(taken, error)
            return
        self._failure_logged = False
        with self._lock:
            self._gauges = loaded
            for key, change in self._pending:
                self._apply(key, change)

    def _wait_with(self, taken: list[tuple[QuotaKey, QuotaChange]], error: DatabaseError) -> None:
        """Keep changes for the next time; a database that fails is told to the log once."""
        with self._lock:
            self._pending = [*taken, *self._pending][-_MOST_WAITING:]
        if not self._failure_logged:
            _log.warning("Quotas can't be stored, they live in memory: %s", error)
        self._failure_logged = True

    def _apply(self, key: QuotaKey, change: QuotaChange) -> None:
        after = change(self._gauges.get(key))
        if after is None:
            self._gauges.pop(key, None)
        else:
            self._gauges[key] = after
