"""Read repeat phrases, and find the next due of a rule (RFC 5545, by `dateutil.rrule`).

Closed grammar, whole phrase or nothing, as for due dates. Decided once: the first due of
"every ..." may be today; "every second tuesday" without "of the month" is refused, because
it means two things; the 29th to 31st is the last day of a shorter month; a time of day is
kept on the due, not in the rule; "after completion" (or "every!") counts from the day it is
done.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from app.errors import TaskRefusal
from app.tasks.due import resolve_due, wall_time
from app.tasks.model import Recurrence
from app.tasks.repeat_phrases import NotUnderstoodError, rule_of

_KEYS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH"} | {
    "BYSETPOS",
    "BYYEARDAY",
    "BYWEEKNO",
}
_TIMES = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_AFTER = re.compile(
    r"\s*(?:,\s*)?(?:(?:after|from|since|of) (?:the )?(?:last )?completion|when completed"
    r"|after (?:i|it is|it's|its|being|each|every)?\s*(?:complet\w+|finish\w*|done|do it|did it)"
    r"(?: it)?)$"
)
_STRICT = re.compile(r"^(every|each)!\s*")
_START = re.compile(r"\s*,?\s*(?:starting|beginning|from|as of)(?: on)? (?P<start>.+)$")
_END = re.compile(r"\s*,?\s*(?:until|till|through|ending)(?: on)? (?P<end>.+)$")
_COUNT = re.compile(r"\s*,?\s*(?:for )?(?P<count>\d{1,3}) (?:times|occurrences)$")
_CLOCK = r"noon|\d{1,2}(?::\d{2})?\s*[ap]\.?m\.?|\d{1,2}:\d{2}"
_TIME = re.compile(rf"(?P<head>.*?)\s*(?:,\s*)?\b(?P<time>at [\w:.' ]+|{_CLOCK})")
_TIME_FIRST = re.compile(rf"(?P<time>(?:at )?(?:{_CLOCK})) (?P<head>.+)")
_LONGEST = 200
_LAST = datetime(9998, 12, 31)  # noqa: DTZ001 - a wall time
_MOST = 1000
_COARSE = {"BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"}
"""What a rule by days or weeks may not have: dateutil would look for it till the year 9999."""


class Repeat(NamedTuple):
    """A recurrence rule (RFC 5545, without `RRULE:`), and the first due that it implies."""

    rule: str
    due: date | datetime


def parse_repeat(
    text: str, now: datetime, timezone: ZoneInfo, *, day_first: bool = False
) -> Repeat:
    """Return the rule that a phrase means, and its first due.

    Args:
        text: Such as `every 2 weeks on monday at 9am until june 1`, or an RFC 5545 rule.
        now: The instant it was said, aware.
        timezone: The zone of whoever said it.
        day_first: Whether 12/05 is the twelfth of May.

    Raises:
        TaskRefusal: The phrase isn't understood, or never comes true.
    """
    local = now.astimezone(timezone)
    phrase = " ".join(text.strip().rstrip(".!").lower().replace("\u2019", "'").split())
    try:
        if not phrase or len(phrase) > _LONGEST:
            raise NotUnderstoodError
        if phrase.upper().removeprefix("RRULE:").startswith("FREQ="):
            rule, at, start = *_raw(phrase.upper().removeprefix("RRULE:")), None
        else:
            bare, from_completion = _marked(phrase)
            read = partial(resolve_due, now=now, timezone=timezone, day_first=day_first)
            rule, at, start = _worded(bare, read)
            if from_completion and "COUNT" in rule:
                raise NotUnderstoodError  # what is counted anew each time never ends
        first = _first(rule, at, start or local.date(), local, timezone)
    except (NotUnderstoodError, ValueError, OverflowError, TypeError):
        raise TaskRefusal(
            f'repeat "{text[:80]}" not understood. Use: every day, every weekday, every 2 weeks, '
            "every mon and thu, monthly on the 15th, last friday of every month, "
            "every year on march 15, or an RFC 5545 rule."
        ) from None
    if first is None:
        raise TaskRefusal(f'repeat "{text[:80]}" never comes true. Send a rule with a future due.')
    return Repeat(rule, first)


def counts_from_completion(text: str) -> bool:
    """Say whether a repeat phrase counts from the day the task is done."""
    return _marked(" ".join(text.lower().replace("\u2019", "'").split()))[1]


def recurrence(text: str, rule: str, due: date | datetime) -> Recurrence:
    """Return what a task keeps of a repeat phrase; it is counted from this due."""
    return Recurrence(rule, _naive(due), text[:_LONGEST], counts_from_completion(text))


def check_rule(rule: str) -> str:
    """Return an RFC 5545 rule as we keep it, without a time of day.

    Raises:
        TaskRefusal: It is none that we can follow.
    """
    try:
        kept, _ = _raw(rule[:_LONGEST].strip().upper().removeprefix("RRULE:"))
        _rule(kept, datetime(2026, 1, 1))  # noqa: DTZ001 - a wall time
    except (NotUnderstoodError, ValueError, OverflowError, TypeError, KeyError):
        raise TaskRefusal(f'repeat rule "{rule[:80]}" can\'t be followed.') from None
    return kept


def falls_on(rule: str, due: date | datetime) -> bool:
    """Say whether a due is one that a rule could have."""
    anchor = _naive(due)
    return _rule(rule, anchor).after(anchor - timedelta(seconds=1)) == anchor


def next_due(
    repeat: Recurrence, due: date | datetime, now: datetime, timezone: ZoneInfo
) -> date | datetime | None:
    """Return the next due after completing one, strictly in the future; None when it ends.

    Args:
        repeat: The task's recurrence.
        due: The due that was just completed or skipped.
        now: The instant of it.
        timezone: The owner's zone, for a due without a time.
    """
    zone = (
        due.tzinfo if isinstance(due, datetime) and isinstance(due.tzinfo, ZoneInfo) else timezone
    )
    local = now.astimezone(zone).replace(tzinfo=None)
    if not isinstance(due, datetime):
        local = datetime.combine(local.date(), time())
    anchor, after = repeat.anchor, max(local, _naive(due))
    if repeat.from_completion:
        anchor = after = datetime.combine(local.date(), _naive(due).time())
        after = max(after, local)
    found = _rule(repeat.rule, anchor).after(after)
    if found is None or found > _LAST:
        return None
    if not isinstance(due, datetime):
        return found.date()
    return wall_time(found.date(), found.time(), zone)


def _worded(
    phrase: str, read: Callable[[str], date | datetime]
) -> tuple[str, time | None, date | None]:
    """Take a phrase apart: the rule, its time of day, and where it begins."""
    ends, start, at = "", None, None
    if match := _END.search(phrase):
        end = read(match["end"])
        ends = f";UNTIL={end:%Y%m%d}"
        phrase = phrase[: match.start()]
    elif match := _COUNT.search(phrase):
        ends, phrase = f";COUNT={int(match['count'])}", phrase[: match.start()]
    if match := _START.search(phrase):
        begin = read(match["start"])
        start = begin.date() if isinstance(begin, datetime) else begin
        at = begin.time() if isinstance(begin, datetime) else None
        phrase = phrase[: match.start()]
    if match := _TIME.fullmatch(phrase) or _TIME_FIRST.fullmatch(phrase):
        found = read(f"tomorrow {match['time']}")
        if not isinstance(found, datetime):
            raise NotUnderstoodError
        at, phrase = found.time(), match["head"]
    return rule_of(phrase) + ends, at, start


def _marked(phrase: str) -> tuple[str, bool]:
    """Take the words for "from completion" off a phrase."""
    bare = _STRICT.sub(r"\1 ", _AFTER.sub("", phrase))
    if bare != phrase and not re.match(r"(every|each|daily|weekly|monthly|yearly)\b", bare):
        bare = f"every {bare}"
    return bare, bare != phrase


def _raw(text: str) -> tuple[str, time | None]:
    """Check a rule as RFC 5545 writes it; hours move from the rule to the due."""
    pairs = [part.split("=", 1) for part in text.split(";") if part]
    parts = dict(pairs)
    if len(parts) != len(pairs) or set(parts) - _KEYS - _TIMES:
        raise NotUnderstoodError
    if parts["FREQ"] not in _FREQUENCIES or {"COUNT", "UNTIL"} <= set(parts):
        raise NotUnderstoodError
    if parts["FREQ"] in ("DAILY", "WEEKLY") and _COARSE & set(parts):
        raise NotUnderstoodError
    if not all(1 <= int(parts.get(key, 1)) <= _MOST for key in ("INTERVAL", "COUNT")):
        raise NotUnderstoodError
    at = None
    if "BYHOUR" in parts:
        at = time(int(parts["BYHOUR"]), int(parts.get("BYMINUTE", 0)))
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]
    kept = [f"{key}={value}" for key, value in parts.items() if key not in _TIMES]
    return ";".join(kept), at


def _first(
    rule: str, at: time | None, start: date, local: datetime, timezone: ZoneInfo
) -> date | datetime | None:
    """Return the first instance from a day on; one with a time must be ahead.

    Every other week or month is counted from it, so the first one is not passed over.
    """
    anchor = datetime.combine(start, at or time())
    after = anchor - timedelta(seconds=1)
    if at is not None:
        after = max(after, local.replace(tzinfo=None))
    each = re.sub(r";INTERVAL=\d+", "", rule) if ";BY" in rule else rule
    found = _rule(each, anchor).after(after)
    if found is None or found > _LAST:
        return None
    return wall_time(found.date(), found.time(), timezone) if at is not None else found.date()


def _rule(rule: str, anchor: datetime) -> rrule:
    """Return the rule counted from a local wall time; a short month takes its last day."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{parts['UNTIL']}T235959"
    if not {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"} & set(parts) and anchor.day > 28:
        if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
            parts["BYMONTH"] = str(anchor.month)
        if parts["FREQ"] in ("MONTHLY", "YEARLY"):
            days = ",".join(str(day) for day in range(28, anchor.day + 1))
            parts |= {"BYMONTHDAY": days, "BYSETPOS": "-1"}
    made = rrulestr(";".join(f"{key}={value}" for key, value in parts.items()), dtstart=anchor)
    if not isinstance(made, rrule):
        raise NotUnderstoodError
    return made


def _naive(due: date | datetime) -> datetime:
    return due.replace(tzinfo=None) if isinstance(due, datetime) else datetime.combine(due, time())
