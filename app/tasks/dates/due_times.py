"""Read a time of day: `5pm`, `17:00`, `at 9`, `noon`, `half past 5`, `9 in the morning`.

Without am or pm, 1 to 6 is in the afternoon and 7 to 12 as it stands, unless the phrase says
morning, afternoon, evening or night; a leading zero or more than 12 means the 24-hour clock.
"""

import re
from datetime import time

from .calendar_words import NUMBERS, one_of

END = "end"
"""The part of a day that its end is: any hour, but not the midnight with which it began."""
PART = r"(?P<part>morning|afternoon|evening|night)"
_MINUTES_OFF = {"half past": 30, "quarter past": 15, "quarter to": -15} | {
    f"{NUMBERS[word] if figure else word} past": NUMBERS[word]
    for word in ("five", "ten", "twenty", "twenty-five")
    for figure in (True, False)
}
_SPANS = {"morning": (1, 11), "afternoon": (12, 18), "evening": (16, 23), "night": (18, 23)}
_HOUR = rf"(?P<word>{one_of(list(NUMBERS)[:12])})|(?P<hour>\d{{1,2}})"
_AT = "(?:(?:at|by) )"
_IN_PART = rf"(?: (?:in the|at) {PART})?"
_NOON = re.compile(rf"{_AT}?(?:12 )?(?:noon|midday)")
_MIDNIGHT = re.compile(rf"{_AT}?(?:12 )?midnight")
_TIME = re.compile(
    rf"(?P<at>{_AT})?(?:{_HOUR})"
    r"(?:[:.](?P<minute>\d\d)(?P<seconds>:\d\d(?:\.\d+)?)?)?"
    rf"(?P<clock> o'clock)?(?: ?(?P<half>am|pm))?{_IN_PART}"
)
_PAST = re.compile(
    rf"{_AT}?(?:a )?(?P<how>{one_of(_MINUTES_OFF)}) (?:{_HOUR})"
    rf"(?: ?(?P<half>am|pm))?{_IN_PART}"
)


def time_of(text: str, part: str | None) -> time | None:
    """Return the time that a text means, or None when it is none.

    Args:
        text: In lower case and single spaces.
        part: The part of the day that was named beside it.
    """
    if _NOON.fullmatch(text):
        return time(12) if part in (None, "afternoon") else None
    if _MIDNIGHT.fullmatch(text):
        return time(0) if part in (None, "night") else None
    if match := _PAST.fullmatch(text):
        hour = _hour(match, part)
        if hour is None:
            return None
        minutes = hour * 60 + _MINUTES_OFF[match["how"]]
        return time(minutes // 60 % 24, minutes % 60)
    match = _TIME.fullmatch(text)
    if match is None or not _is_marked(match, part):
        return None
    hour = _hour(match, part)
    minute = int(match["minute"] or 0)
    return None if hour is None or minute > 59 else time(hour, minute)


def is_midnight(text: str) -> bool:
    """Say whether a time is midnight by that name."""
    return _MIDNIGHT.fullmatch(text) is not None


def is_loose(text: str) -> bool:
    """Say whether a time like `5:30` leaves its half of the day open."""
    return re.fullmatch(r"[1-9][:.]\d\d", text) is not None


def _is_marked(match: re.Match[str], part: str | None) -> bool:
    """Say whether a number is surely a time, not a day or a count."""
    colon = match["minute"] and match[0][match.start("minute") - 1 - match.start()] == ":"
    if match["seconds"] and not (colon and len(match["hour"] or "") == 2):
        return False
    marked = match["at"] or match["half"] or match["clock"] or match["part"]
    return bool(marked or colon)


def _hour(match: re.Match[str], part: str | None) -> int | None:
    """Return the hour from 0 to 23, or None where the words contradict each other."""
    groups = match.groupdict()
    if groups["part"] and part:
        return None
    part = groups["part"] or part
    hour = NUMBERS[groups["word"]] if groups["word"] else int(groups["hour"])
    if groups["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (groups["half"] == "pm")
    elif 1 <= hour <= 12 and not (groups["hour"] or "").startswith("0"):
        hour = _likely(hour, part)
    first, last = _SPANS.get(part or "", (0, 23))
    return hour if first <= hour <= last else None


def _likely(hour: int, part: str | None) -> int:
    if part in (None, END):
        return hour + 12 if hour <= 6 else hour
    return hour if part == "morning" else hour % 12 + 12
