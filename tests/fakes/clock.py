"""A clock that moves only when a test moves it."""

import time
from datetime import UTC, datetime, timedelta


class FixedClock:
    """Stand still until moved; durations still run, so that time limits work."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 5, 3, 30, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self.instant

    def monotonic(self) -> float:
        """Return the machine's."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Move on instead of waiting."""
        self.move(seconds=seconds)

    def move(self, **amount: float) -> None:
        """Move on by a `timedelta`."""
        self.instant += timedelta(**amount)
