"""Read untrusted values of a frame, which may be missing or of any type."""

import json
from collections.abc import Iterator
from typing import Any


def objects_in(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects in a list; nothing where it is none."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def index_of(value: object) -> int | None:
    """Return a call's index; None where it is no number."""
    return value if isinstance(value, int) else None


def first_of(choices: list[Any]) -> list[Any]:
    """Return the first of several choices, which has index 0 or none, as a list of one."""
    return [one for one in choices if not index_of(one.get("index"))][:1]


def is_type(value: object, *types: type) -> bool:
    """Say whether a value is missing or of one of some types.

    Args:
        value: The value.
        *types: What it may be.
    """
    return value is None or isinstance(value, types)


def is_call(call: object) -> bool:
    """Say whether a value has the form of a tool call."""
    return isinstance(call, dict) and is_type(call.get("function"), dict)


def is_part(part: object) -> bool:
    """Say whether a value has the form of a part."""
    if not isinstance(part, dict) or not is_type(part.get("text"), str):
        return False
    call = part.get("functionCall")
    return is_type(call, dict) and is_type((call or {}).get("args"), dict)


def arguments_of(value: object) -> str:
    """Return arguments as text; what is neither text nor an object is none that is whole."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)


def text_of(value: object) -> str:
    """Return a text; nothing where a value is none."""
    return value if isinstance(value, str) else ""


def error_in(value: object) -> dict[str, Any] | None:
    """Return an error object; a sentence alone becomes one."""
    if isinstance(value, dict) and value:
        return value
    return {"message": value} if isinstance(value, str) and value else None
