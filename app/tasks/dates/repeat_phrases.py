"""Turn the words for "how often" into an RFC 5545 rule."""

import re

from .calendar_words import MONTHS, NUMBERS, PLACES, WEEKDAY_NAMES, WEEKDAYS, WORKDAY, one_of

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_COUNTS = (
    NUMBERS
    | {"other": 2, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4}
    | {f"{n}th": n for n in range(4, 21)}
)
_PLACES = PLACES | {"second last": -2, "second to last": -2}
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_ALONE = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
    "annually": "FREQ=YEARLY",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3",
    "every quarter": "FREQ=MONTHLY;INTERVAL=3",
    "biweekly": "FREQ=WEEKLY;INTERVAL=2",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "every fortnight": "FREQ=WEEKLY;INTERVAL=2",
    "every weekday": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "every workday": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "every working day": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "every business day": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "on weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "every weekend": "FREQ=WEEKLY;BYDAY=SA,SU",
    "weekends": "FREQ=WEEKLY;BYDAY=SA,SU",
    "on weekends": "FREQ=WEEKLY;BYDAY=SA,SU",
}
_DAY = one_of(WEEKDAYS)
_DAY_LIST = rf"(?:{_DAY})s?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*[&/]\s*|\s+)(?:{_DAY})s?)*"
_MONTH = one_of(MONTHS)
_NUMBER = rf"\d{{1,3}}|{one_of(_COUNTS)}"
_NTH = r"\d{1,2}(?:st|nd|rd|th)"
_NTH_LIST = rf"{_NTH}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)(?:the )?{_NTH})*"
_PLACE = one_of(_PLACES)
_EACH_MONTH = r"(?:of )?(?:every|each|the|a) month"
_EVERY_N = re.compile(rf"every (?:(?P<n>{_NUMBER}) )?(?P<unit>day|week|month|year)s?")
_WEEKLY = re.compile(
    rf"(?:(?:every|on) |weekly on |every (?:(?P<n>{_NUMBER}) )?weeks? on |"
    rf"every (?P<alternate>other|second|2nd) |biweekly on )?(?P<days>{_DAY_LIST})"
)
_MONTHLY_NTH = re.compile(
    rf"(?:monthly on|every (?:(?P<n>{_NUMBER}) )?months? on|every) (?:the )?(?P<days>{_NTH_LIST})"
    rf"(?: {_EACH_MONTH})?"
)
_NTH_MONTHLY = re.compile(rf"(?:on )?(?:the )?(?P<days>{_NTH_LIST}) {_EACH_MONTH}")
_MONTHLY_ON = rf"monthly on |every (?:(?P<n>{_NUMBER}) )?months? on "
_LAST_DAY = re.compile(
    rf"(?:{_MONTHLY_ON}|every |on )?(?:the )?last day(?: {_EACH_MONTH})?"
    rf"|(?:every )?(?:end of (?:every|each|the) month|month end)"
)
_FIRST_DAY = re.compile(
    rf"(?:{_MONTHLY_ON})(?:the )?first(?: day)?(?: {_EACH_MONTH})?"
    rf"|(?:every |on )?(?:the )?first(?: day)? {_EACH_MONTH}"
    r"|(?:every )?(?:beginning|start) of (?:every|each|the) month"
)
_PLACED = re.compile(
    rf"(?P<head>{_MONTHLY_ON}|every )?(?:on )?(?:the )?"
    rf"(?P<places>(?:{_PLACE})(?: (?:and|&) (?:the )?(?:{_PLACE}))*) (?P<day>{WORKDAY}|{_DAY})"
    rf"(?P<tail> {_EACH_MONTH})?"
)
_YEARLY_ON = rf"(?:(?:yearly|annually|every (?:(?P<n>{_NUMBER}) )?years?) on |every )(?:the )?"
_PLACED_YEARLY = re.compile(
    rf"{_YEARLY_ON}(?P<places>{_PLACE}) (?P<day>{WORKDAY}|{_DAY}) (?:of|in) (?P<month>{_MONTH})"
)
_YEARLY = re.compile(
    rf"{_YEARLY_ON}"
    rf"(?:(?P<month>{_MONTH}) (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month2>{_MONTH}))"
)
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_RANGE = re.compile(
    rf"\b(?:from )?(?P<first>{_DAY})s? ?(?:to|through|thru|-) ?(?P<last>{_DAY})s?\b"
)
_SAME = (
    (re.compile(r"^each\b"), "every"),
    (re.compile(r"^once (?:a|an|per|every) (?=day\b|week\b|month\b|quarter\b|year\b)"), "every "),
    (re.compile(r"^(?:bi-weekly|fortnightly|every fortnight)\b"), "biweekly"),
    (re.compile(r"^(monthly|every month) on (?:day )?(\d{1,2})$"), r"\1 on \2th"),
    (re.compile(r"^(?:on )?(.+) (?:every|each) year$"), r"every year on \1"),
    (re.compile(r"\b(?:christmas(?: day)?|xmas)$"), "december 25"),
    (re.compile(r"\bnew year'?s eve$"), "december 31"),
)
"""Words for which there are others that the forms know."""
_WORKDAYS = "MO,TU,WE,TH,FR"
_MOST = {"DAILY": 1000, "WEEKLY": 520, "MONTHLY": 120, "YEARLY": 100}


class NotUnderstoodError(Exception):
    """The phrase is none of the grammar's."""


def rule_of(phrase: str) -> str:
    """Return the rule of a phrase in lower case and single spaces.

    Raises:
        NotUnderstoodError: It is none of the forms.
    """
    phrase = phrase.strip()
    for form, word in _SAME:
        phrase = form.sub(word, phrase)
    if phrase in _ALONE:
        return _ALONE[phrase]
    for form, read in (
        (_EVERY_N, _every_n),
        (_WEEKLY, _weekly),
        (_LAST_DAY, lambda match: _rule("MONTHLY", _number(match["n"]), "BYMONTHDAY=-1")),
        (_FIRST_DAY, lambda match: _rule("MONTHLY", _number(match["n"]), "BYMONTHDAY=1")),
        (_MONTHLY_NTH, _monthly),
        (_NTH_MONTHLY, _monthly),
        (_PLACED, _placed),
        (_PLACED_YEARLY, _placed_yearly),
        (_YEARLY, _yearly),
    ):
        if match := form.fullmatch(phrase):
            return read(match)
    raise NotUnderstoodError


def spelled_out(phrase: str) -> str:
    """Return a phrase with every day named of such as `monday to friday`."""
    return _RANGE.sub(_days_between, phrase)


def _days_between(match: re.Match[str]) -> str:
    first, last = WEEKDAYS[match["first"]], WEEKDAYS[match["last"]]
    return ", ".join(WEEKDAY_NAMES[(first + n) % 7] for n in range((last - first) % 7 + 1))


def _every_n(match: re.Match[str]) -> str:
    frequency = _UNITS[match["unit"]]
    return _rule(frequency, _number(match["n"]))


def _weekly(match: re.Match[str]) -> str:
    if match["alternate"] in ("second", "2nd"):
        raise NotUnderstoodError  # every other one, or the second of each month?
    interval = 2 if match["alternate"] or match[0].startswith("biweekly") else _number(match["n"])
    words = re.findall(rf"({_DAY})s?\b", match["days"])
    days = sorted({WEEKDAYS[word] for word in words})
    return _rule("WEEKLY", interval, f"BYDAY={','.join(_CODES[day] for day in days)}")


def _monthly(match: re.Match[str]) -> str:
    days = sorted({int(day) for day in re.findall(r"\d+(?=st|nd|rd|th)", match["days"])})
    if not all(1 <= day <= 31 for day in days):
        raise NotUnderstoodError
    interval = _number(match.groupdict().get("n"))
    if days[-1] > 28:
        if len(days) > 1:
            raise NotUnderstoodError  # no rule clamps one of several days
        return _rule("MONTHLY", interval, f"BYMONTHDAY={_clamped(days[0])};BYSETPOS=-1")
    return _rule("MONTHLY", interval, f"BYMONTHDAY={','.join(map(str, days))}")


def _placed(match: re.Match[str]) -> str:
    named = re.findall(rf"\b(?:{_PLACE})\b", match["places"])
    monthly = match["tail"] or (match["head"] or "").startswith(("monthly", "every month"))
    monthly = monthly or match["n"] or set(named) <= {"first", "1st", "last"}
    if not monthly or (not match["head"] and not match["tail"]):
        raise NotUnderstoodError
    return _rule("MONTHLY", _number(match["n"]), _nth_days(named, match["day"]))


def _placed_yearly(match: re.Match[str]) -> str:
    days = _nth_days([match["places"]], match["day"])
    return _rule("YEARLY", _number(match["n"]), f"BYMONTH={MONTHS[match['month']]};{days}")


def _nth_days(named: list[str], day: str) -> str:
    """Return the part of a rule for such as the first and third Tuesday."""
    places = [str(place) for place in dict.fromkeys(_PLACES[name] for name in named)]
    if day not in WEEKDAYS:
        return f"BYDAY={_WORKDAYS};BYSETPOS={','.join(places)}"
    return f"BYDAY={','.join(place + _CODES[WEEKDAYS[day]] for place in places)}"


def _yearly(match: re.Match[str]) -> str:
    month, interval = MONTHS[match["month"] or match["month2"]], _number(match["n"])
    day = int(match["day"] or match["day2"])
    if not 1 <= day <= _DAYS_IN[month - 1]:
        raise NotUnderstoodError
    if (month, day) == (2, 29):
        return _rule("YEARLY", interval, "BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1")
    return _rule("YEARLY", interval, f"BYMONTH={month};BYMONTHDAY={day}")


def _rule(frequency: str, interval: int, rest: str = "") -> str:
    if not 1 <= interval <= _MOST[frequency]:
        raise NotUnderstoodError
    parts = [f"FREQ={frequency}", f"INTERVAL={interval}" if interval > 1 else "", rest]
    return ";".join(part for part in parts if part)


def _number(word: str | None) -> int:
    if word is None:
        return 1
    return _COUNTS[word] if word in _COUNTS else int(word)


def _clamped(day: int) -> str:
    return ",".join(str(n) for n in range(28, day + 1))
