"""Run a coroutine in a time that jumps to the next timer, so that nobody waits for it."""

import asyncio
import selectors
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still while something runs."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.elapsed


class _Selector(selectors.DefaultSelector):
    """Instead of waiting for a timer, move the loop's time to it."""

    def __init__(self, loop: _Loop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(timeout and 0)
        if timeout and not events:
            self._loop.elapsed += timeout
        return events


class LoopClock:
    """The time of the running loop; synchronous code reads the last one."""

    def __init__(self) -> None:
        self._last = 0.0

    def monotonic(self) -> float:
        """Return the loop's time."""
        with suppress(RuntimeError):
            self._last = asyncio.get_running_loop().time()
        return self._last

    def now(self) -> datetime:
        """Return the instant, which moves with the loop's time."""
        return datetime(2026, 3, 5, 3, 30, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    async def sleep(self, seconds: float) -> None:
        """Sleep in the loop's time."""
        await asyncio.sleep(seconds)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(coroutine)
