"""Check a rule as RFC 5545 writes it, and follow it with `dateutil.rrule`.

Only what RFC 5545 (section 3.3.10) allows, and of that only what comes true on whole days:
hours move from the rule to the due. An UNTIL in UTC is the owner's day at that instant where
the rule has a time of day; without one, it is the date as written.
"""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from .repeat_phrases import NotUnderstoodError

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_ONE = {"INTERVAL": (1, 1000), "COUNT": (1, 1000), "BYHOUR": (0, 23), "BYMINUTE": (0, 59)} | {
    "BYSECOND": (0, 59)
}
_SEVERAL = {"BYMONTH": 12}
_SIGNED = {"BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_TIMES = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_UNTIL = re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?")
_DAY = re.compile(r"(?:[+-]?(?P<nth>[1-9][0-9]?))?(?:MO|TU|WE|TH|FR|SA|SU)")
_COARSE = {"BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"}
"""What a rule by days or weeks may not have: dateutil would look for it till the year 9999."""


def read_rule(text: str, timezone: ZoneInfo | None = None) -> tuple[str, time | None]:
    """Return a rule as we keep it, and the time of day that it named.

    Args:
        text: In upper case, with or without `RRULE:`.
        timezone: The owner's, for an UNTIL in UTC; without it, the date stands as written.

    Raises:
        NotUnderstoodError: It is no rule, or none that we can follow.
    """
    pairs = [part.partition("=")[::2] for part in text.removeprefix("RRULE:").split(";") if part]
    parts = {key.strip(): value.strip() for key, value in pairs}
    if len(parts) != len(pairs) or not all(_is_value(*part) for part in parts.items()):
        raise NotUnderstoodError
    if not _fits(parts):
        raise NotUnderstoodError
    at = time(int(parts["BYHOUR"]), int(parts.get("BYMINUTE", 0))) if "BYHOUR" in parts else None
    if "UNTIL" in parts:
        parts["UNTIL"] = _last_day(parts["UNTIL"], at, timezone)
    parts = {"FREQ": parts["FREQ"]} | parts
    return ";".join(f"{key}={value}" for key, value in parts.items() if key not in _TIMES), at


def followed(rule: str, anchor: datetime) -> rrule:
    """Return the rule, ready to be followed; a short month takes its last day.

    Args:
        rule: An RFC 5545 rule.
        anchor: The local wall time from which it counts.

    Raises:
        NotUnderstoodError: It is more than one rule.
    """
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{parts['UNTIL']}T235959"
    if not {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"} & set(parts) and anchor.day > 28:
        if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
            parts["BYMONTH"] = str(anchor.month)
        if parts["FREQ"] in ("MONTHLY", "YEARLY"):
            days = ",".join(str(day) for day in range(28, anchor.day + 1))
            parts |= {"BYMONTHDAY": days, "BYSETPOS": "-1"}
    parsed = rrulestr(";".join(f"{key}={value}" for key, value in parts.items()), dtstart=anchor)
    if not isinstance(parsed, rrule):
        raise NotUnderstoodError
    return parsed


def _is_value(key: str, value: str) -> bool:
    """Say whether a part of a rule has a value that RFC 5545 gives it."""
    if key == "FREQ":
        return value in _FREQUENCIES
    if key == "UNTIL":
        return _UNTIL.fullmatch(value) is not None
    if key == "WKST":
        return value in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    if key == "BYDAY":
        return all(_DAY.fullmatch(day) for day in value.split(","))
    if key in _ONE:
        first, last = _ONE[key]
        return re.fullmatch(r"[0-9]{1,4}", value) is not None and first <= int(value) <= last
    sign, most = ("[+-]?", _SIGNED[key]) if key in _SIGNED else ("", _SEVERAL.get(key, 0))
    return all(
        re.fullmatch(rf"{sign}[0-9]{{1,3}}", number) is not None and 1 <= abs(int(number)) <= most
        for number in value.split(",")
    )


def _fits(parts: dict[str, str]) -> bool:
    """Say whether the parts may stand together."""
    frequency, keys = parts.get("FREQ"), set(parts)
    if frequency is None or {"COUNT", "UNTIL"} <= keys:
        return False
    if frequency in ("DAILY", "WEEKLY") and _COARSE & keys:
        return False
    if frequency != "YEARLY" and {"BYYEARDAY", "BYWEEKNO"} & keys:
        return False
    if "BYSETPOS" in keys and not (keys - {"BYSETPOS"} - _TIMES) & (_COARSE | {"BYDAY", "BYMONTH"}):
        return False
    if "BYMINUTE" in keys and "BYHOUR" not in keys:
        return False
    if frequency == "DAILY" and "BYDAY" in keys and int(parts.get("INTERVAL", 1)) % 7 == 0:
        return False  # always the same weekday: every one of the list, or none
    return _places_fit(parts)


def _places_fit(parts: dict[str, str]) -> bool:
    """Say whether each "second Tuesday" has a month or a year to be the second of."""
    numbers = [match["nth"] for match in _DAY.finditer(parts.get("BYDAY", "")) if match["nth"]]
    if not numbers:
        return True
    if parts["FREQ"] in ("DAILY", "WEEKLY") or "BYWEEKNO" in parts:
        return False
    most = 5 if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else 53
    return all(int(number) <= most for number in numbers)


def _last_day(until: str, at: time | None, timezone: ZoneInfo | None) -> str:
    """Return the last day on which a rule may come true, where its owner is."""
    if timezone is None or at is None or not until.endswith("Z"):
        return until[:8]
    last = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(timezone)
    day = last.date() - timedelta(days=1 if last.time() < at else 0)
    return f"{day:%Y%m%d}"
