"""Read how long a provider asks us to wait, from a header, a detail or a sentence.

Whatever is stated, nothing is believed beyond a day. What can't be read counts as not stated:
so do a time that has passed, and a wait so long that nobody means it.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

A_DAY = 86_400.0
"""Seconds: the longest wait that anybody is believed."""

_NEVER_MEANT = 366 * A_DAY
_EPOCH_SECONDS = 1e9
_EPOCH_MILLISECONDS = 1e12
"""Numbers above which a wait is a point in time, in seconds or milliseconds since 1970."""

_LONGEST_TEXT = 4_000
_NUMBER = r"\d{1,20}(?:\.\d{1,20})?"
_UNITS = {
    "ms|msecs?|milliseconds?": 0.001,
    "s|secs?|seconds?": 1.0,
    "m|mins?|minutes?": 60.0,
    "h|hrs?|hours?": 3600.0,
    "d|days?": A_DAY,
}
_UNIT = "(?:" + "|".join(_UNITS) + ")"
_PART = re.compile(rf"({_NUMBER})\s{{0,3}}({_UNIT})(?![a-z])", re.IGNORECASE | re.ASCII)
_BETWEEN = r"(?:\s{0,3},)?\s{0,3}(?:and\s{1,3})?"
_DURATION = rf"{_NUMBER}\s{{0,3}}{_UNIT}(?:{_BETWEEN}{_NUMBER}\s{{0,3}}{_UNIT})*"
_WHOLE_DURATION = re.compile(_DURATION, re.IGNORECASE | re.ASCII)
_ASKED = (
    r"\b(?:again|retry|retrying|wait|waiting|back|available|resets?|refresh(?:es|ed)?"
    r"|renew(?:s|ed)?|lifted|unblocked|unlocked|recovers?)\b"
)
_IN = re.compile(
    rf"{_ASKED}(?:[^.;:\d]{{0,40}}?\b(?:in|after|for|least|about|another)\b|:)?[:\s~]{{1,3}}"
    rf"(?:about\s+|another\s+|~)?({_DURATION}|an?\s+(?:second|minute|hour|day))(?![\w])",
    re.IGNORECASE | re.ASCII,
)
_DATE = (
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
    r"|(?:[A-Z][a-z]{2},\s)?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d\d:\d\d:\d\d(?:\s(?:GMT|UTC))?"
    r"|\d{10,13}(?![\d.])"
)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d\d)", re.ASCII)
"""A duration as some gateways write it, `00:01:30`."""

_BARE = re.compile(r"\bretry[- _]after\W{1,3}(\d{1,9})(?![\w.])", re.ASCII | re.IGNORECASE)
"""A header of seconds that stands in a sentence."""

_AT = re.compile(
    rf"{_ASKED}[^.;:\d]{{0,40}}?\b(?:at|on|after|until)\s+({_DATE})", re.ASCII | re.IGNORECASE
)


def duration(text: str) -> float | None:
    """Return the seconds of a duration, a day at most; None where a text is none.

    Read are `1d`, `16h30m`, `9m38.016s`, `172ms`, a bare `5`, `5 minutes and 3 seconds`.
    """
    return _believed(_seconds(text.strip()[:_LONGEST_TEXT]))


def longest_wait(
    headers: Mapping[str, str], delays: Iterable[str], message: str, now: datetime
) -> float | None:
    """Return the longest wait in seconds that a failure states, a day at most, or None.

    Args:
        headers: Of the answer, by their names in small letters.
        delays: Other places of the body that state nothing but a wait, such as the `retryDelay`
            of Google's `RetryInfo`.
        message: The provider's sentence.
        now: The instant, for a point in time where the answer has no `date` header.
    """
    sent = _date(headers.get("date", "")) or now
    stated = [
        _milliseconds(headers.get("retry-after-ms", "")),
        _header(headers.get("retry-after", ""), sent),
        *(_header(delay, now) for delay in delays),
        *_in_words(message[:_LONGEST_TEXT], sent),
    ]
    return max((wait for wait in stated if wait is not None), default=None)


def _header(text: str, now: datetime) -> float | None:
    text = text.strip(" \t\"'+")[:_LONGEST_TEXT]
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, rest = (float(part or 0) for part in clock.groups())
        return _believed(hours * 3600 + minutes * 60 + rest)
    number = _number(text)
    if number is not None and number > _EPOCH_SECONDS:
        return _until(_instant(number), now)
    if (seconds := _seconds(text)) is not None:
        return _believed(seconds)
    return _until(_date(text), now)


def _in_words(message: str, now: datetime) -> Iterator[float | None]:
    for text in _IN.findall(message):
        yield duration(re.sub(r"\Aan?\s+", "1 ", text, flags=re.IGNORECASE))
    for text in (*_AT.findall(message), *_BARE.findall(message)):
        yield _header(text, now)


def _seconds(text: str) -> float | None:
    number = _number(text)
    if number is not None:
        return number if number <= _EPOCH_SECONDS else None
    if not _WHOLE_DURATION.fullmatch(text):
        return None
    return sum(float(number) * _unit(unit) for number, unit in _PART.findall(text))


def _unit(word: str) -> float:
    return next(
        seconds
        for words, seconds in _UNITS.items()
        if re.fullmatch(words, word, re.IGNORECASE | re.ASCII)
    )


def _number(text: str) -> float | None:
    if not re.fullmatch(r"\d{1,300}(\.\d{1,300})?", text, re.ASCII):
        return None
    return float(text)


def _milliseconds(text: str) -> float | None:
    number = _number(text.strip())
    return None if number is None else _believed(number / 1000)


def _believed(seconds: float | None) -> float | None:
    """Return a wait as far as it is believed."""
    if seconds is None or not math.isfinite(seconds) or not 0 <= seconds <= _NEVER_MEANT:
        return None
    return min(seconds, A_DAY)


def _until(instant: datetime | None, now: datetime) -> float | None:
    return None if instant is None else _believed((instant - now).total_seconds())


def _instant(number: float) -> datetime | None:
    seconds = number / 1000 if number > _EPOCH_MILLISECONDS else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _date(text: str) -> datetime | None:
    """Return the instant of an HTTP date (RFC 9110, 5.6.7) or of one in ISO 8601."""
    text = text.strip()
    iso = re.sub(r"\s?(UTC|GMT)\Z", "+00:00", text)
    for read, written in ((datetime.fromisoformat, iso), (parsedate_to_datetime, text)):
        try:
            found = read(written)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            return found.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            continue
    return None
