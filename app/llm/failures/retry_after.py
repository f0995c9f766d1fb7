"""Read how long a provider asks us to wait, from a header, a detail or a sentence."""

import re
from collections.abc import Iterable

_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
_DURATION = r"(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+"
_SENTENCE = re.compile(rf"(?:try again|retry)\s+in\s+({_DURATION})(?![\w])", re.IGNORECASE)
_UNITS = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def duration(text: str) -> float | None:
    """Return the seconds of `1d`, `16h30m`, `9m38.016s`, `172ms`, or a bare `5`; else None."""
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if not re.fullmatch(_DURATION, text):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _PARTS.findall(text))


def longest_wait(header: str | None, delays: Iterable[str], message: str) -> float | None:
    """Return the longest wait in seconds that a failure states, or None.

    Args:
        header: The `retry-after` header.
        delays: The `retryDelay` values of Google's `RetryInfo` details.
        message: The provider's sentence.
    """
    stated = [*([header] if header else []), *delays, *_SENTENCE.findall(message)]
    waits = [wait for text in stated if (wait := duration(text)) is not None]
    return max(waits, default=None)
