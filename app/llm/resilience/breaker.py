"""Remember a model that is of no use, so that it gets no call until it may be back.

Closed: calls go through. Open: none does. Half-open, when the time is over: exactly one call
looks whether the model is back, and its outcome closes the breaker or opens it again. A breaker
is kept for each model (place in the chain, base URL, model, fingerprint of the key) and for each
key, because what concerns a key concerns every model on it. A changed key or model is another
breaker.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import random
from typing import Any

from ...clock import Clock
from ...errors import DatabaseError
from ...settings import Scope
from ...telemetry import BackgroundWriter, BreakerStanding, BreakerStore
from ..failures import Verdict
from ..providers import BreakerKeys
from .breaker_policy import Admission, BreakerState, after_failure, bounded, breaker_state, refused

_log = logging.getLogger("task_relay.llm")

_FRESH_FOR = 1.0


class Breakers:
    """All breakers of a process, kept in memory and in the database.

    A database that fails costs no turn: the breakers then live in memory alone.

    Args:
        store: Opens the rows; called in a thread of its own.
        clock: Where the time comes from.
        lease: Seconds after which a probe that said nothing counts as dead.
        chance: Gives a number from 0 to 1, for the jitter.
        opened: Hears of each breaker that a failure leaves open, and how it stands.
    """

    def __init__(
        self,
        store: Callable[[], BreakerStore],
        clock: Clock,
        *,
        lease: float,
        chance: Callable[[], float] = random,
        opened: Callable[[str, BreakerStanding], None] = lambda key, standing: None,
    ) -> None:
        self._open_store = store
        self._clock = clock
        self._lease = timedelta(seconds=lease)
        self._chance = chance
        self._opened = opened
        self._standings: dict[str, BreakerStanding] = {}
        self._read_at: float | None = None
        self._changes = 0
        self._rows = BackgroundWriter("task-relay-breakers")

    async def admit(self, keys: BreakerKeys) -> Admission:
        """Say whether a call may go through now; where a probe is due, take its place."""
        await self.refresh()
        now = self._clock.now()
        both = (keys.key, keys.model)
        standings = {key: self._standings.get(key, BreakerStanding()) for key in both}
        states = {key: breaker_state(standing, now) for key, standing in standings.items()}
        for key, state in states.items():
            if state is BreakerState.OPEN:
                return refused(standings[key], now)
        claimed: list[str] = []
        for key, state in states.items():
            if state is BreakerState.HALF_OPEN:
                if not await self._claim(key, now):
                    self._release(claimed)
                    return refused(standings[key], now)
                claimed.append(key)
        return Admission(True, probe=bool(claimed))

    def failed(self, keys: BreakerKeys, verdict: Verdict, wait: float | None) -> bool:
        """Count a failure, and say whether that leaves the breaker open.

        One that concerns the request alone only frees a probe's place.

        Args:
            keys: The breakers of the place that failed.
            verdict: What happened.
            wait: Seconds until the model may be of use again, where that is known.
        """
        if verdict.scope is Scope.REQUEST and not verdict.unrecognised:
            self.released(keys)
            return False
        now, jitter, key = self._clock.now(), self._chance(), keys.of(verdict)
        self._change(key, lambda before: after_failure(before, verdict, wait, now, jitter))
        self._opened(key, self._standings[key])
        return breaker_state(self._standings[key], now) is BreakerState.OPEN

    def succeeded(self, keys: BreakerKeys) -> None:
        """Close both breakers."""
        for key in (keys.key, keys.model):
            if key in self._standings:
                self._change(key, lambda before: BreakerStanding())

    def released(self, keys: BreakerKeys) -> None:
        """Give back the place of a probe that came to nothing, such as an interrupted one."""
        self._release((keys.key, keys.model))

    def _release(self, keys: Iterable[str]) -> None:
        for key in keys:
            if self._standings.get(key, BreakerStanding()).probe_until is not None:
                self._change(key, lambda before: replace(before, probe_until=None))

    def reset(self) -> None:
        """Close every breaker by hand.

        Raises:
            DatabaseError: The database failed.
        """
        self._rows.close()
        self._open_store().clear()
        self._standings.clear()

    def close(self) -> None:
        """Wait until every change is in the database."""
        self._rows.close()

    def standings(self) -> dict[str, BreakerStanding]:
        """Return how the breakers stand that have something against them."""
        return dict(self._standings)

    async def refresh(self) -> None:
        """Read how the breakers stand in the database, unless that was just done."""
        now = self._clock.monotonic()
        if self._read_at is None or now - self._read_at > _FRESH_FOR:
            self._read_at = now
            changes = self._changes
            loaded = await self._rows.now(
                partial(self._tolerant, lambda: self._open_store().load())
            )
            if loaded is not None and changes == self._changes:
                self._standings = loaded
                self._bound()

    def _bound(self) -> None:
        """Correct what a clock that was wrong, or an older version, has left for too long."""
        now = self._clock.now()
        for key, standing in list(self._standings.items()):
            if bounded(standing, now) != standing:
                self._change(key, lambda before: bounded(before, now))

    async def _claim(self, key: str, now: datetime) -> bool:
        standing = self._standings[key]
        if standing.probe_until is not None and standing.probe_until > now:
            return False
        until = now + self._lease
        self._put(key, replace(standing, probe_until=until))
        claim = partial(self._tolerant, lambda: self._open_store().claim_probe(key, now, until))
        return await self._rows.now(claim) is not False

    def _change(self, key: str, change: Callable[[BreakerStanding], BreakerStanding]) -> None:
        """Change a breaker in memory at once, and its row later in the background."""
        self._put(key, change(self._standings.get(key, BreakerStanding())))
        self._rows.later(partial(self._tolerant, lambda: self._open_store().change(key, change)))

    def _put(self, key: str, standing: BreakerStanding) -> None:
        self._changes += 1
        if standing == BreakerStanding():
            self._standings.pop(key, None)
        else:
            self._standings[key] = standing

    def _tolerant(self, work: Callable[[], Any]) -> Any:
        """Do work on the rows; where the database fails the log says so, and None comes back."""
        try:
            return work()
        except DatabaseError as error:
            _log.warning("Breaker states can't be stored, they live in memory: %s", error)
            return None
