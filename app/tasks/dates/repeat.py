"""Read repeat phrases, and find the next due of a rule (RFC 5545, by `dateutil.rrule`).

Closed grammar, whole phrase or nothing, as for due dates. Decided once: the first due of
"every ..." may be today; "every second tuesday" without "of the month" is refused, because
it means two things; biweekly is every two weeks; a time beside the end or the start is the
time of day; the 29th to 31st is the last day of a shorter month; a time of day is
kept on the due, not in the rule; "after completion" (or "every!") counts from the day it is
done.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...errors import TaskRefusal
from ..model import Recurrence
from .due import read_time, resolve_due
from .due_forms import wall_time
from .repeat_phrases import NotUnderstoodError, rule_of, spelled_out
from .repeat_rules import followed, read_rule

_RAW = re.compile(r"(?:rrule:)?\s*[a-z]+=")
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
_TIME_FIRST = re.compile(
    rf"(?P<time>(?:at )?(?:{_CLOCK})|at [\w:.' ]+?(?= (?:every|each|on) )) (?P<head>.+)"
)
_PART = re.compile(r"(?P<head>.+?)(?: in the)? (?P<part>morning|afternoon|evening|night)")
_LONGEST = 200
_LAST = datetime(9998, 12, 31)  # noqa: DTZ001 - a wall time


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
    phrase = _plain(text)
    try:
        if not phrase.isascii() or len(phrase) > _LONGEST:
            raise NotUnderstoodError
        if _RAW.match(phrase):
            rule, at, start = *read_rule(phrase.upper(), timezone), None
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
    return _marked(_plain(text))[1]


def recurrence(text: str, rule: str, due: date | datetime) -> Recurrence:
    """Return what a task keeps of a repeat phrase.

    Args:
        text: The phrase.
        rule: Its rule.
        due: The first due, from which the rule counts.
    """
    return Recurrence(rule, _naive(due), text[:_LONGEST], counts_from_completion(text))


def check_rule(rule: str) -> str:
    """Return an RFC 5545 rule as we keep it, without a time of day.

    Raises:
        TaskRefusal: It is none that we can follow.
    """
    try:
        kept, _ = read_rule(rule[:_LONGEST].strip().upper())
        followed(kept, datetime(2026, 1, 1))  # noqa: DTZ001 - a wall time
    except (NotUnderstoodError, ValueError, OverflowError, TypeError, KeyError):
        raise TaskRefusal(f'repeat rule "{rule[:80]}" can\'t be followed.') from None
    return kept


def falls_on(rule: str, due: date | datetime) -> bool:
    """Say whether a due is one that a rule could have.

    Args:
        rule: An RFC 5545 rule.
        due: The due.
    """
    anchor = _naive(due)
    return followed(rule, anchor).after(anchor - timedelta(seconds=1)) == anchor


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
    anchor = repeat.anchor
    if not isinstance(due, datetime):
        local, anchor = (datetime.combine(day.date(), time()) for day in (local, anchor))
    after = max(local, _naive(due))
    if repeat.from_completion:
        anchor = datetime.combine(local.date(), _naive(due).time())
        after = max(anchor, local)
    following = followed(repeat.rule, anchor).after(after)
    if following is None or following > _LAST:
        return None
    if not isinstance(due, datetime):
        return following.date()
    return wall_time(following.date(), following.time(), zone, after=now)


def _plain(text: str) -> str:
    """Return a phrase in lower case and single spaces, without its last stop."""
    phrase = text.strip().rstrip(".!").lower()
    return " ".join(phrase.replace("\u2019", "'").replace("\u2013", "-").split())


def _worded(
    phrase: str, read: Callable[[str], date | datetime]
) -> tuple[str, time | None, date | None]:
    """Take a phrase apart: the rule, its time of day, and where it begins."""
    ends, start, times = "", None, list[time]()
    phrase = spelled_out(phrase)
    if match := _END.search(phrase):
        end = read(match["end"])
        ends, phrase = f";UNTIL={end:%Y%m%d}", phrase[: match.start()]
        times += _time_in(end)
    elif match := _COUNT.search(phrase):
        ends, phrase = f";COUNT={int(match['count'])}", phrase[: match.start()]
    if match := _START.search(phrase):
        begin = read(match["start"])
        start = begin.date() if isinstance(begin, datetime) else begin
        times += _time_in(begin)
        phrase = phrase[: match.start()]
    said, part = None, None
    if match := _TIME_FIRST.fullmatch(phrase) or _TIME.fullmatch(phrase):
        said, phrase = match["time"], match["head"]
    if match := _PART.fullmatch(phrase):
        phrase = "every day" if match["head"] in ("every", "each") else match["head"]
        part = match["part"]
    if said:
        times.append(_time_of(said, part))
        if part == "night" and times[-1] == time() and phrase != "every day":
            raise NotUnderstoodError  # it is the next day's first minute
    if len(times) > 1:
        raise NotUnderstoodError
    return rule_of(phrase) + ends, times[0] if times else None, start


def _time_of(text: str, part: str | None) -> time:
    at = read_time(text, part)
    if at is None:
        raise NotUnderstoodError
    return at


def _time_in(due: date | datetime) -> list[time]:
    return [due.time()] if isinstance(due, datetime) else []


def _marked(phrase: str) -> tuple[str, bool]:
    """Take the words for "from completion" off a phrase."""
    bare = _STRICT.sub(r"\1 ", _AFTER.sub("", phrase))
    if bare != phrase and not re.match(r"(every|each|daily|weekly|monthly|yearly)\b", bare):
        bare = re.sub(r"^every an? ", "every ", f"every {bare}")
    return bare, bare != phrase


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
    first = followed(each, anchor).after(after)
    if first is None or first > _LAST:
        return None
    if at is None:
        return first.date()
    return wall_time(first.date(), first.time(), timezone, after=local)


def _naive(due: date | datetime) -> datetime:
    return due.replace(tzinfo=None) if isinstance(due, datetime) else datetime.combine(due, time())
