"""Read limits out of what providers say: Groq's headers, and Google's quota violations."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...settings import Limit, Window

_PARTS = re.compile(r"([0-9.]+)(ms|h|m|s|d)")
_SECONDS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_GROQ = {"requests": Window.REQUESTS_A_DAY, "tokens": Window.TOKENS_A_MINUTE}
"""What Groq's header names mean, which don't say the time (its rate limits page)."""


@dataclass(frozen=True, slots=True)
class RemainingQuota:
    """What a provider told of one quota with an answer: in all, left, and seconds until full."""

    limit: Limit
    left: int
    seconds: float


def groq_quotas(headers: Mapping[str, str]) -> list[RemainingQuota]:
    """Return what `x-ratelimit-*` headers tell; what can't be read is left out."""
    found = []
    for name, window in _GROQ.items():
        try:
            amount = int(headers[f"x-ratelimit-limit-{name}"])
            left = int(headers[f"x-ratelimit-remaining-{name}"])
            seconds = _duration(headers[f"x-ratelimit-reset-{name}"])
        except (KeyError, ValueError):
            continue
        if amount > 0:
            found.append(RemainingQuota(Limit(window, amount), left, seconds))
    return found


def google_limits(violations: Iterable[Mapping[str, Any]]) -> tuple[Limit, ...]:
    """Return the limits that a 429 names by `quotaId` and `quotaValue`.

    An id reads like `GenerateRequestsPerMinutePerProjectPerModel-FreeTier`.
    """
    found: dict[Window, Limit] = {}
    for violation in violations:
        name, value = str(violation.get("quotaId")), str(violation.get("quotaValue"))
        span = "day" if "PerDay" in name else "minute" if "PerMinute" in name else None
        if span and re.fullmatch(r"[1-9][0-9]{0,11}", value):
            window = Window(f"{'tokens' if 'Token' in name else 'requests'}/{span}")
            found[window] = Limit(window, int(value))
    return tuple(found.values())


def _duration(text: str) -> float:
    """Return the seconds of a duration such as `2m59.56s`."""
    parts = _PARTS.findall(text)
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise ValueError(text)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
