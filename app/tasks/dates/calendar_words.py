"""Name weekdays, months and numbers as people write them, for the phrases we read."""

from collections.abc import Iterable

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_NUMBER_NAMES = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen", "twenty"),
)

WEEKDAYS = {name[:size]: n for n, name in enumerate(WEEKDAY_NAMES) for size in (3, len(name))} | {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
"""Weekdays by name and abbreviation; Monday is 0."""

MONTHS = {name[:size]: n for n, name in enumerate(_MONTH_NAMES, 1) for size in (3, len(name))} | {
    "sept": 9
}
"""Months by name and abbreviation; January is 1."""

NUMBERS = {name: n for n, name in enumerate(_NUMBER_NAMES, 1)} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
}
NUMBERS |= {
    f"{tens}{sign}{ones}": NUMBERS[tens] + NUMBERS[ones]
    for tens in ("twenty", "thirty", "forty", "fifty")
    for ones in _NUMBER_NAMES[:9]
    for sign in "- "
}
"""Numbers in words."""

PLACES = {
    **{"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3},
    **{"fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "last": -1},
}
"""Places in a month, as in "second tuesday"."""

_ORDINAL_NAMES = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
ORDINALS = (
    {name: n for n, name in enumerate(_ORDINAL_NAMES, 1)}
    | {f"twenty{sign}{_ORDINAL_NAMES[n - 1]}": 20 + n for n in range(1, 10) for sign in "- "}
    | {"thirtieth": 30, "thirty-first": 31, "thirty first": 31}
)
"""Days of a month in words."""

WORKDAY = r"(?:week|work|working |business )day"
"""The pattern of a day from Monday to Friday."""


def one_of(words: Iterable[str]) -> str:
    """Return the pattern of any of the words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))
