"""Read the values of settings that concern operations: limits, prices, alerts, the log's form.

As in `setting_values.py`, a function raises `ValueError` with the end of a sentence.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from .secret import Secret

HUMAN, JSON = "human", "json"

_LIMIT = re.compile(r"([0-9]{1,12})\s*(requests|tokens)\s*(?:/|per )\s*(minute|day)")
_PRICE = re.compile(r"(\S+)\s*=\s*([0-9.]+)\s*/\s*([0-9.]+)")


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


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of something a provider admits over a time."""

    window: Window
    amount: int


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs in US dollars for a million tokens in, and out."""

    incoming: float
    outgoing: float


def limits(value: object) -> tuple[Limit, ...]:
    """Read limits such as `15 requests/minute, 500 requests/day`."""
    if isinstance(value, tuple):
        return value
    found: dict[Window, Limit] = {}
    for part in str(value).lower().split(","):
        match = _LIMIT.fullmatch(part.strip())
        if match is None or int(match[1]) < 1:
            raise ValueError(
                "limits apart by commas, such as 15 requests/minute, 250000 tokens/minute, "
                "500 requests/day"
            )
        window = Window(f"{match[2]}/{match[3]}")
        found[window] = Limit(window, int(match[1]))
    return tuple(found.values())


def prices(value: object) -> tuple[tuple[str, Price], ...]:
    """Read prices such as `gemini-3.5-flash-lite=0.10/0.40`."""
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if isinstance(value, tuple):
        return value
    return tuple(_price(part) for part in str(value).split(","))


def _price(part: str) -> tuple[str, Price]:
    match = _PRICE.fullmatch(part.strip())
    try:
        if match is not None:
            return match[1], Price(float(match[2]), float(match[3]))
    except ValueError:
        pass
    raise ValueError(
        "prices in USD for a million tokens in/out, apart by commas, such as "
        "gemini-3.5-flash-lite=0.10/0.40"
    )


def webhook(value: object) -> Secret:
    """Read the address of a webhook, which is a secret as a whole."""
    text = value.reveal() if isinstance(value, Secret) else str(value).strip()
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or not re.fullmatch(r"[!-~]+", text):
        raise ValueError("an address that begins with https:// or http://")
    return Secret(text)


def pause(value: object) -> float:
    """Read a number of seconds, up to a day."""
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not 1 <= number <= 86_400:
        raise ValueError("a number of seconds from 1 to 86400")
    return number


def log_format(value: object) -> str:
    """Read the form of a log line."""
    text = str(value).strip().lower()
    if text not in (HUMAN, JSON):
        raise ValueError(f"{HUMAN} or {JSON}")
    return text
