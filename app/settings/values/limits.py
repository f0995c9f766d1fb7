"""What a provider limits, over which time, and how such limits are written."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_LIMIT = re.compile(r"([0-9]{1,12})\s*(requests|tokens)\s*(?:/|per )\s*(minute|day)")


class Window(StrEnum):
    """What a provider limits, and over which time."""

    REQUESTS_A_MINUTE = "requests/minute"
    TOKENS_A_MINUTE = "tokens/minute"
    REQUESTS_A_DAY = "requests/day"
    TOKENS_A_DAY = "tokens/day"

    @property
    def daily(self) -> bool:
        """Say whether it is a day."""
        return self.value.endswith("/day")

    @property
    def of_tokens(self) -> bool:
        """Say whether tokens are counted, not requests."""
        return self.value.startswith("tokens")

    @property
    def length(self) -> timedelta:
        """Return how long it is."""
        return timedelta(days=1) if self.daily else timedelta(minutes=1)

    def end(self, begin: datetime, zone: ZoneInfo | None) -> datetime:
        """Return when a window ends that begins at an instant.

        Args:
            begin: The instant.
            zone: Where a day ends at midnight; None where it rolls.
        """
        if self.daily and zone is not None:
            return next_midnight(begin, zone)
        return begin + self.length


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of something a provider admits over a time."""

    window: Window
    amount: int


def next_midnight(after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of the next day.

    Args:
        after: An instant.
        zone: Whose day it is.
    """
    local = after.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=1), time(), zone)


def limits(value: object) -> tuple[Limit, ...]:
    """Read limits such as `15 requests/minute, 500 requests/day`; of two for a window the last."""
    if isinstance(value, tuple):
        return value
    by_window: dict[Window, Limit] = {}
    for part in str(value).lower().split(","):
        match = _LIMIT.fullmatch(part.strip())
        if match is None or int(match[1]) < 1:
            raise ValueError(
                "limits apart by commas, such as 15 requests/minute, 250000 tokens/minute, "
                "500 requests/day"
            )
        window = Window(f"{match[2]}/{match[3]}")
        by_window[window] = Limit(window, int(match[1]))
    return tuple(by_window.values())
