"""Read the value of one setting: each function takes text and returns what it means.

A function raises `ValueError` with the end of the sentence "NAME is "x", but must be ...".
"""

import math
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from ..errors import InputError
from .database_url import normalised
from .identity import clean_user_id
from .places import PROVIDERS, provider_of
from .secret import Secret

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

FAILOVER_KINDS = (
    "rate_limit",
    "quota_daily",
    "unavailable",
    "server_error",
    "timeout",
    "connection",
    "auth",
    "permission",
    "model_not_found",
    "context_overflow",
    "tool_use_failed",
    "malformed_response",
)
"""Kinds of failure that another model may cure; `app.llm` holds the same, a test sees to it."""

_OPENAI_FORMS = re.compile(r"(/v1beta/openai|/openai/v1|/v1beta)?/*$")
_SWITCH = {"on": True, "true": True, "yes": True, "1": True} | {
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}
_LONGEST_WAIT = 3600.0
_MOST_OUTPUT = 65_536
_LEAST_INPUT = 256
MONTH_FIRST, DAY_FIRST = "month-first", "day-first"


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


def base_url(value: object) -> str:
    """Read Gemini's or Groq's address, with or without the path that OpenAI clients want."""
    return _OPENAI_FORMS.sub("", _address(value))


def _address(value: object) -> str:
    text = str(value).strip()
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or parts.query or parts.fragment or parts.username:
        raise ValueError("an address such as https://host or http://127.0.0.1:8080")
    return text


def openai_url(value: object) -> str:
    """Read an OpenAI-compatible address, whose path counts; without any it is `/v1`."""
    text = _address(value).rstrip("/")
    return text if urlsplit(text).path else f"{text}/v1"


def native_url(value: object) -> str:
    """Read an address whose client adds the path itself; a closing /v1 or /api is dropped."""
    return re.sub(r"(/v1|/api)?/*$", "", _address(value))


def chain(value: object) -> tuple[str, ...]:
    """Read the places of the model chain, apart by commas."""
    words = value if isinstance(value, tuple | list) else str(value).split(",")
    names = tuple(str(word).strip().lower() for word in words)
    if not all(map(provider_of, names)) or len(set(names)) < len(names):
        raise ValueError(
            f"a list apart by commas of {', '.join(PROVIDERS)}, where one that comes again "
            "has a number, such as groq,groq2"
        )
    return names


def provider(value: object) -> str:
    """Read the name of the primary provider."""
    text = str(value).strip().lower()
    if text not in ("gemini", "groq"):
        raise ValueError("gemini or groq")
    return text


def seconds(value: object) -> float:
    """Read a time limit in seconds."""
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not 0 < number <= _LONGEST_WAIT:
        raise ValueError(f"a number of seconds above 0 and at most {_LONGEST_WAIT:g}")
    return number


def output_tokens(value: object) -> int:
    """Read a number of tokens."""
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not 1 <= int(text) <= _MOST_OUTPUT:
        raise ValueError(f"a whole number from 1 to {_MOST_OUTPUT}")
    return int(text)


def input_tokens(value: object) -> int:
    """Read how many tokens of conversation a provider gets at most."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,8}", text) or int(text) < _LEAST_INPUT:
        raise ValueError(f"a whole number of at least {_LEAST_INPUT}")
    return int(text)


def retries(value: object) -> int:
    """Read how many quick tries more a model gets."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-5]", text):
        raise ValueError("a whole number from 0 to 5")
    return int(text)


def task_count(value: object) -> int:
    """Read a number of tasks; 0 for never."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError("a whole number from 0 to 9999")
    return int(text)


def exchanges(value: object) -> int:
    """Read how many exchanges a thread remembers."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) < 1:
        raise ValueError("a whole number from 1 to 9999")
    return int(text)


def checkpoints(value: object) -> int:
    """Read how many checkpoints of finished turns a thread keeps."""
    return exchanges(value)


def days(value: object) -> int:
    """Read a number of days; 0 for no end."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise ValueError("a whole number of days, 0 to keep all")
    return int(text)


def date_order(value: object) -> str:
    """Read what comes first in a date like 12/05."""
    text = str(value).strip().lower()
    if text not in (MONTH_FIRST, DAY_FIRST):
        raise ValueError(f"{MONTH_FIRST} or {DAY_FIRST}")
    return text


def failover_kinds(value: object) -> tuple[str, ...]:
    """Read the kinds of failure that go over to the next model, apart by commas."""
    words = value if isinstance(value, tuple | list) else str(value).split(",")
    kinds = tuple(dict.fromkeys(str(word).strip().lower() for word in words))
    if not set(kinds) <= set(FAILOVER_KINDS):
        raise ValueError(f"a list apart by commas of {', '.join(FAILOVER_KINDS)}")
    return kinds


def switch(value: object) -> bool:
    """Read on or off."""
    text = str(value).strip().lower()
    if text not in _SWITCH:
        raise ValueError("on or off")
    return _SWITCH[text]


def log_level(value: object) -> str:
    """Read a level of Python's logging."""
    text = str(value).strip().upper()
    if text not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
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


def database_url(value: object) -> str:
    """Read the database's address: a SQLite file, or a database in PostgreSQL."""
    return normalised(str(value).strip())


def user(value: object) -> str:
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
