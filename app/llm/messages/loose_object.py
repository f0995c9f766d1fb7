"""Read the arguments of a call as Gemini and Gemma write them: like JSON, mostly without quotes."""

import json
import re
from typing import Any

from .lenient_json import UncertainError

_MARKED = re.compile(r"(<escape>|<\|\"\|>|<ctrl46>)(.*?)\1", re.DOTALL)
"""A text between the marks that stand for quotes."""

_KEY = re.compile(r"[\"']?(\w+)[\"']?\s*:\s*")
_BARE = re.compile(r"[^,{}\[\]\"<>]+")


def loose_object(text: str) -> dict[str, Any]:
    """Read `{status:<escape>open<escape>,limit:3}`, or `{status: in progress, limit: 3}`.

    A text without marks ends at a comma, and behind that another key has to stand.

    Raises:
        UncertainError: It isn't certain what was meant, or the object was cut.
    """
    rest = _MARKED.sub(lambda marked: json.dumps(marked[2]), text).strip()
    if not rest.startswith("{") or not rest.endswith("}"):
        raise UncertainError
    rest, found = rest[1:-1].strip(), dict[str, Any]()
    while rest:
        key = _KEY.match(rest)
        if key is None or key[1] in found:
            raise UncertainError
        found[key[1]], end = _value(rest, key.end())
        rest = rest[end:].lstrip()
        if rest and not rest.startswith(","):
            raise UncertainError
        rest = rest[1:].lstrip()
    return found


def _value(text: str, start: int) -> tuple[Any, int]:
    """Return the value that stands somewhere in a text, and where it ends."""
    if text[start : start + 1] in ('"', "[", "{"):
        try:
            return json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            raise UncertainError from None
    bare = _BARE.match(text, start)
    if bare is None:
        raise UncertainError
    try:
        return json.loads(bare[0]), bare.end()
    except ValueError:
        return bare[0].strip(), bare.end()
