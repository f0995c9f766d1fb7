"""Read JSON with a bracket too many or too few, where one mend makes it whole."""

import json
import re
from collections.abc import Callable
from typing import Any

_STRAY_QUOTE = re.compile(r"([\]}])\"(?=\s*[\]},])")
_REST = re.compile(r"[\s>\]})\"'`;,.]*+(?:</?function>)?[\s>\]})`;,]*+\Z")
_DECODER = json.JSONDecoder()


class UncertainError(Exception):
    """It isn't certain what was meant."""


def value_at(text: str, alone: bool = True) -> Any:
    """Return the JSON value at the start of a text, mended where one mend makes it whole.

    Args:
        text: The text.
        alone: Whether nothing but brackets and quotes may follow.

    Raises:
        UncertainError: No mend helps.
    """
    for mend in _MENDS:
        mended = mend(text.strip())
        try:
            value, end = _DECODER.raw_decode(mended)
        except (ValueError, RecursionError):
            continue
        if not alone or _REST.fullmatch(mended, end):
            return value
    raise UncertainError


def values_in(text: str) -> list[Any]:
    """Return the JSON values that a text holds one after the other, and nothing else.

    Raises:
        UncertainError: It holds something else.
    """
    values: list[Any] = []
    position = 0
    while position < len(text):
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            if values and _REST.fullmatch(text, position):
                break
            value, end = value_at(text[position:]), len(text)
        values.append(value)
        while end < len(text) and text[end] in " \t\r\n,;":
            end += 1
        position = end
    return values


def _closed(text: str) -> str:
    """Add the one outer brace that is missing; the arguments themselves must be closed."""
    return f"{text}}}" if text.endswith("}") else text


def _unquoted(text: str) -> str:
    return _STRAY_QUOTE.sub(r"\1", text)


_MENDS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    _unquoted,
    _closed,
    lambda text: _closed(_unquoted(text)),
    lambda text: text[1:] if text.startswith(("{{", "[[")) else text,
)
