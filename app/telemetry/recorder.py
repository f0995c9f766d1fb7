"""Write calls into the ledger and tell metrics of them, off every answer's path."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..clock import Clock
from ..errors import DatabaseError
from ..forking import Guard, at_fork
from .background_writer import BackgroundWriter
from .ledger import Ledger, LedgerEntry
from .prices import Prices

_log = logging.getLogger("task_relay")

_PAUSE = 0.2
"""Seconds that a call may lie before it is written: what a crash can lose."""

_MOST_WAITING = 10_000
"""Calls kept in memory while the database can't be written; more are dropped."""

Sink = Callable[[Sequence[LedgerEntry]], None]


class Recorder:
    """Gather calls for a moment, then price them and write them at once.

    A database that fails costs no turn: it is told to the log once, and the calls wait for
    the next attempt.

    Args:
        ledger: Opens the ledger; called in a thread of its own.
        prices: What calls cost.
        clock: Where the time comes from.
        sinks: Who else hears of the priced calls, such as metrics.
    """

    def __init__(
        self,
        ledger: Callable[[], Ledger],
        prices: Prices,
        clock: Clock,
        sinks: Sequence[Sink] = (),
    ) -> None:
        self._open_ledger = ledger
        self._ledger: Ledger | None = None
        self._prices = prices
        self._clock = clock
        self._sinks = sinks
        self._lock = Guard()
        self._waiting: list[LedgerEntry] = []
        self._unwritten: list[LedgerEntry] = []
        self._failure_logged = False
        at_fork(self, after_in_child=Recorder._renew)
        self._behind = BackgroundWriter("task-relay-ledger", pause=_PAUSE)

    def note(self, entries: Sequence[LedgerEntry]) -> None:
        """Take calls; nothing waits for them to be written."""
        with self._lock:
            first = not self._waiting
            self._waiting += entries
        if first and entries:
            self._behind.later(self._write)

    def close(self) -> None:
        """Wait until every call is written."""
        self._behind.close()

    def _renew(self) -> None:
        """Leave what is not written yet to the parent, who writes it."""
        self._waiting, self._unwritten = [], []

    def _write(self) -> None:
        with self._lock:
            taken, self._waiting = self._waiting, []
        priced = [replace(entry, cost=self._prices.cost(entry.attempt)) for entry in taken]
        self._unwritten = [*self._unwritten, *priced][-_MOST_WAITING:]
        try:
            if self._ledger is None:
                self._ledger = self._open_ledger()
            self._ledger.add(self._unwritten, self._clock.now())
        except DatabaseError as error:
            if not self._failure_logged:
                _log.warning("The ledger can't be written, its rows wait in memory: %s", error)
            self._failure_logged = True
        else:
            self._unwritten, self._failure_logged = [], False
        for sink in self._sinks:
            sink(priced)
