"""Show text from outside so that it can't do anything to a screen, a log, or the line around it."""

import json
import re
import unicodedata
from typing import Any

_HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, C1 as well
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of a line
    "\u2028\u2029"  # line ends of another name
    "\ufff9-\ufffb"  # notes that nobody sees
    "\U000e0000-\U000e007f"  # tags: a hidden alphabet
    "\ud800-\udfff"  # halves of characters
    "]"
)
_FLAG = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)")
"""Flags of regions are the one use of tags."""

_NOT_SEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800\u00ad\u034f\u180e")
"""Letters and signs that are drawn as nothing."""


def shown(text: str) -> str:
    r"""Return text with what isn't text written out: `\x1b`, `\u202e`.

    Lines, tabs, right-to-left letters, joined emoji and accents stay as they are.
    """
    if text.isprintable():
        return text
    return _written_out(text.replace("\r\n", "\n"), _escape)


def shown_json(record: Any, *, indent: int | None = None) -> str:
    """Return a record as JSON in which no character does anything to a screen.

    Args:
        record: What JSON has a form for; anything else is written as text.
        indent: Spaces for each level; None for one line.
    """
    told = json.dumps(record, ensure_ascii=False, indent=indent, default=str)
    return _written_out(told, _escape_in_json)


def is_seen(text: str) -> bool:
    """Say whether a text shows anything at all."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in _NOT_SEEN
        for character in text
    )


def _written_out(text: str, escape: Any) -> str:
    pieces = _FLAG.split(text)
    return "".join(
        piece if number % 2 else _HIDDEN.sub(escape, piece) for number, piece in enumerate(pieces)
    )


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


def _escape_in_json(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
