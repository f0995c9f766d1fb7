"""Read words: choices, lists of them, names, keys, paths."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from ...errors import InputError
from ..identity import clean_user_id
from ..secret import Secret

MONTH_FIRST, DAY_FIRST = "month-first", "day-first"
HUMAN, JSON = "human", "json"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_SWITCH = {"on": True, "true": True, "yes": True, "1": True} | {
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}


def one_of(*choices: str) -> Callable[[object], str]:
    """Return a reader of one of a few words, whatever their case."""
    by_name = {choice.lower(): choice for choice in choices}
    allowed = " or ".join(choices) if len(choices) < 3 else f"one of {', '.join(choices)}"

    def read(value: object) -> str:
        text = str(value).strip().lower()
        if text not in by_name:
            raise ValueError(allowed)
        return by_name[text]

    return read


def some_of(choices: Sequence[str]) -> Callable[[object], tuple[str, ...]]:
    """Return a reader of words apart by commas; one that comes twice counts once."""

    def read(value: object) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(split(value)))
        if not set(words) <= set(choices):
            raise ValueError(f"a list apart by commas of {', '.join(choices)}")
        return words

    return read


def split(value: object) -> list[str]:
    """Return the words of a list, or of a text in which commas part them, in small letters."""
    words = value if isinstance(value, tuple | list) else str(value).split(",")
    return [str(word).strip().lower() for word in words]


def switch(value: object) -> bool:
    """Read on or off."""
    text = str(value).strip().lower()
    if text not in _SWITCH:
        raise ValueError("on or off")
    return _SWITCH[text]


def secret(value: object) -> Secret:
    """Read an API key: printable ASCII without spaces, as an HTTP header allows."""
    text = value.reveal() if isinstance(value, Secret) else str(value).strip()
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("one word of plain ASCII letters, digits and signs")
    return Secret(text)


def model_name(value: object) -> str:
    """Read a model's name; the form `models/NAME` is Gemini's own and loses its prefix."""
    text = str(value).strip().removeprefix("models/")
    if not re.fullmatch(r"[\w./:@-]+", text, re.ASCII):
        raise ValueError("a model name without spaces, such as gemini-3.5-flash-lite")
    return text


def path(value: object) -> Path:
    """Read a path; `~` is the home directory, a relative one counts from here."""
    text = str(value).strip()
    if not text or "\0" in text:
        raise ValueError("a path")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise ValueError("a path whose ~ names a known user") from None


def one_line(value: object) -> str:
    """Read text on one line."""
    text = str(value).strip()
    if not text or not text.isprintable():
        raise ValueError("printable text on one line")
    return text


def user_id(value: object) -> str:
    """Read a user id."""
    try:
        return clean_user_id(value)
    except InputError:
        raise ValueError("printable text on one line, at most 200 characters") from None


def zone_name(value: object) -> str:
    """Read an IANA zone name; returns it as given, known to `zoneinfo`."""
    text = str(value).strip()
    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError("an IANA time zone such as Europe/Berlin or UTC") from None
    return text
