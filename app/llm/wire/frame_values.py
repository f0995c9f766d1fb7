"""Read untrusted values of a frame, which may be missing or of any type."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_LARGEST_COUNT = 2**31
"""Above every count of tokens, and what databases hold."""


def kept(holder: Mapping[str, Any], **types: type) -> dict[str, Any]:
    """Return those fields of an object that have the type that they should have.

    Args:
        holder: The object.
        **types: The type of each field that is kept.
    """
    return {
        name: value
        for name, wanted in types.items()
        if isinstance(value := holder.get(name), wanted) and not isinstance(value, bool)
    }


def counts_in(usage: object, *names: str) -> dict[str, Any]:
    """Return those counts of tokens that are some: whole, not negative, of a believable size.

    Args:
        usage: What holds them; nothing where it is no object.
        *names: Under which keys they stand; `a.b` is the key `b` of the object under `a`.
    """
    found: dict[str, Any] = {}
    if not isinstance(usage, dict):
        return found
    for name in names:
        value = usage.get(name)
        if "." in name:
            outer, _, inner = name.partition(".")
            held = usage.get(outer)
            if isinstance(held, dict) and (count := _count(held.get(inner))) is not None:
                found.setdefault(outer, {})[inner] = count
        elif value is not None and (count := _count(value)) is not None:
            found[name] = count
    return found


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else -1
    if isinstance(value, float):
        value = int(value) if value.is_integer() else -1
    return value if 0 <= value < _LARGEST_COUNT else None


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


def object_in(text: str) -> dict[str, Any] | None:
    """Return the object that a text is, as JSON; None where it is none.

    Some servers write the text of an object as JSON once more.
    """
    value: object = text.strip()
    for _ in range(2):
        try:
            value = json.loads(value) if isinstance(value, str) and value else value
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def text_of(value: object) -> str:
    """Return a text; nothing where a value is none."""
    return value if isinstance(value, str) else ""


def error_in(value: object) -> dict[str, Any] | None:
    """Return an error object; a sentence alone becomes one."""
    if isinstance(value, dict) and value:
        return value
    return {"message": value} if isinstance(value, str) and value else None


def without_halves(text: str) -> str:
    """Return a text in which halves of characters are joined, and lone ones replaced."""
    return (
        text
        if text.isascii()
        else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
