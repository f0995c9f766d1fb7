"""Read a day: dates, weekdays, and what is counted from them. Nothing is guessed.

Decided once: a week begins on Monday; "next friday" is the Friday of next week, a bare
weekday the coming one and never today; a date without a year is the coming one, today
included; 12/05 is month first unless told otherwise, dotted dates are day first.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .calendar_words import MONTHS, ORDINALS, PLACES, WEEKDAYS, WORKDAY, one_of
from .due_spans import AHEAD, IN_TIME, SPAN, shifted
from .due_words import WORDS, monday, month_end

_DAY = one_of(WEEKDAYS)
_MONTH = one_of(MONTHS)
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)"
_NTH_WORD = rf"(?P<word>{one_of(ORDINALS)})"
_YEAR = r"(?: (?P<year>2[01]\d\d))?"
"""A year beside a word: 2000 to 2199, since `march 15 1730` may well be a time."""
_ANY_MONTH = rf"(?P<month>{_MONTH}){_YEAR}|(?:(?P<near>the|this|next) )?month"
_ISO = r"(?P<year>\d{4})(?P<sign>[-/]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)"
_Match = re.Match[str]


def day_of(text: str, today: date, day_first: bool = False) -> date | None:
    """Return the day that a text means, or None when it is none.

    Args:
        text: In lower case and single spaces, without commas.
        today: The day on which it was said, where it was said.
        day_first: Whether 12/05 is the twelfth of May.

    Raises:
        ValueError, OverflowError: It looks like a day, but no such day exists.
    """
    text = text.removeprefix("the ")
    if text in WORDS:
        return WORDS[text](today)
    for form, read in _FORMS:
        if match := form.fullmatch(text):
            return read(match, today)
    if match := _SLASHED.fullmatch(text):
        return _slashed(match, today, day_first)
    if match := _COUNTED.fullmatch(text):
        return _counted(match, today, day_first)
    if match := _WITH_WEEKDAY.fullmatch(text):
        day = day_of(match["rest"], today, day_first)
        same = day is not None and day.weekday() == WEEKDAYS[match["weekday"]]
        return day if same and any(c.isdigit() for c in match["rest"]) else None
    return None


def is_iso(text: str) -> bool:
    """Say whether a text is an ISO date."""
    return re.fullmatch(_ISO, text) is not None


def _iso(match: _Match, today: date) -> date:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


def _dotted(match: _Match, today: date) -> date:
    return _dated(today, int(match["month"]), int(match["day"]), match["year"])


def _slashed(match: _Match, today: date, day_first: bool) -> date:
    month, day = int(match["one"]), int(match["two"])
    if month > 12 or (day_first and day <= 12):
        month, day = day, month
    return _dated(today, month, day, match["year"])


def _worded(match: _Match, today: date) -> date:
    return _dated(today, MONTHS[match["month"]], _number(match), match["year"])


def _number(match: _Match) -> int:
    """Return the day of a month: `15`, `15th`, `fifteenth`."""
    word = match.groupdict().get("word")
    return ORDINALS[word] if word else int(match["day"])


def _holiday(match: _Match, today: date) -> date:
    day = 31 if match["name"].startswith("new") else 25
    return _dated(today, 12, day, match["year"])


def _dated(today: date, month: int, day: int, year: str | None) -> date:
    """Return a date; without a year the coming one, today included."""
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    for coming in range(today.year, today.year + 9):
        if (month, day) == (2, 29) and (date(coming, 3, 1) - timedelta(days=1)).day != 29:
            continue
        if (day_ahead := date(coming, month, day)) >= today:
            return day_ahead
    raise ValueError("no such day in the coming years")


def _weekday(match: _Match, today: date) -> date:
    day = WEEKDAYS[match["day"]]
    which = (match["which"] or match["week"] or "").strip()
    if which.startswith("next"):
        return monday(today) + timedelta(days=7 + day)
    if which == "this week":
        return monday(today) + timedelta(days=day)
    ahead = (day - today.weekday()) % 7
    return today + timedelta(days=ahead or (0 if which == "this" else 7))


def _week_then_day(match: _Match, today: date) -> date:
    weeks = 1 if match["week"] == "next" else 0
    return monday(today) + timedelta(days=7 * weeks + WEEKDAYS[match["day"]])


def _next_workday(match: _Match, today: date) -> date:
    return shifted(today, "1 workday", 1)


def _nth_of_month(match: _Match, today: date) -> date:
    day = _number(match)
    groups = match.groupdict()
    if groups.get("month"):
        return _dated(today, MONTHS[match["month"]], day, match["year"])
    if groups.get("near") == "next":
        return (today + relativedelta(months=1, day=1)).replace(day=day)
    if groups.get("near") == "this":
        return today.replace(day=day)
    if not 1 <= day <= 31:
        raise ValueError("no month has this day")
    month = today.replace(day=1)
    while True:
        if day <= month_end(month).day and month.replace(day=day) >= today:
            return month.replace(day=day)
        month += relativedelta(months=1)


def _placed(match: _Match, today: date) -> date | None:
    """Return such as the second Tuesday of a month; the coming one where it is open."""
    place, name = PLACES[match["place"]], match["day"]
    if match["month"]:
        first = _dated(today, MONTHS[match["month"]], 1, match["year"] or str(today.year))
        day = _place_in(first, place, name)
        if match["year"] or day is None or day >= today:
            return day
        return _place_in(first + relativedelta(years=1), place, name)
    first = today.replace(day=1)
    if match["near"] == "next":
        return _place_in(first + relativedelta(months=1), place, name)
    day = _place_in(first, place, name)
    if match["near"] != "this" and day is not None and day < today:
        return _place_in(first + relativedelta(months=1), place, name)
    return day


def _place_in(first: date, place: int, name: str) -> date | None:
    """Return the nth of a kind of day in the month that begins on `first`."""
    if name in WEEKDAYS:
        weekdays = {WEEKDAYS[name]}
    else:
        weekdays = set(range(7)) if name == "day" else set(range(5))
    days = [first + timedelta(days=n) for n in range(month_end(first).day)]
    days = [day for day in days if day.weekday() in weekdays]
    return days[place - 1 if place > 0 else place] if place <= len(days) else None


def _end_of_month(match: _Match, today: date) -> date:
    month = MONTHS[match["month"]]
    year = int(match["year"] or today.year + (month < today.month))
    return month_end(date(year, month, 1))


def _counted(match: _Match, today: date, day_first: bool) -> date | None:
    """Count from another day, forwards or backwards, but never into the past."""
    base = today
    if match["base"] and match["base"] != "now":
        day = day_of(match["base"], today, day_first)
        if day is None:
            return None
        base = day
    if match["ago"]:
        return shifted(today, match["before"], -1)
    day = shifted(base, match["span"] or match["after"], -1 if match["way"] == "before" else 1)
    return day if day >= today else None


_SLASHED = re.compile(r"(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:/(?P<year>\d{4}|\d\d))?")
_COUNTED = re.compile(
    rf"{AHEAD} (?P<after>{SPAN}){IN_TIME}"
    rf"|(?P<before>{SPAN}) (?P<ago>ago)"
    rf"|(?P<span>{SPAN}|day|week) (?P<way>from|after|before) (?P<base>.+)"
)
_WITH_WEEKDAY = re.compile(rf"(?P<weekday>{_DAY}) (?P<rest>.+)")
_FORMS: tuple[tuple[re.Pattern[str], Callable[[_Match, date], date | None]], ...] = tuple(
    (re.compile(form), read)
    for form, read in (
        (_ISO, _iso),
        (r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(?P<year>\d{4}|\d\d)?)?", _dotted),
        (rf"(?P<month>{_MONTH}) (?:the )?(?:{_NTH}|{_NTH_WORD}){_YEAR}", _worded),
        (rf"(?P<month>{_MONTH}) (?P<day>\d{{1,2}}){_YEAR}", _worded),
        (rf"(?:{_NTH}|{_NTH_WORD}) (?P<month>{_MONTH}){_YEAR}", _worded),
        (rf"(?P<day>\d{{1,2}}) (?:of )?(?P<month>{_MONTH}){_YEAR}", _worded),
        (rf"(?P<name>christmas(?: day)?|xmas|new year'?s eve){_YEAR}", _holiday),
        (
            rf"(?P<which>(?:this )?(?:up)?coming |this |next )?(?P<day>{_DAY})"
            r"(?: (?:of )?(?P<week>(?:this|next) week))?",
            _weekday,
        ),
        (rf"(?P<week>next|this) week (?:on )?(?P<day>{_DAY})", _week_then_day),
        (rf"next {WORKDAY}", _next_workday),
        (rf"(?:{_NTH}|{_NTH_WORD}) (?:of|in) (?:{_ANY_MONTH})", _nth_of_month),
        (_NTH, _nth_of_month),
        (
            rf"(?P<place>{one_of(PLACES)}) (?P<day>{_DAY}|{WORKDAY}|day) "
            rf"(?:of|in) (?:{_ANY_MONTH})",
            _placed,
        ),
        (rf"end of (?P<month>{_MONTH}){_YEAR}", _end_of_month),
    )
)
