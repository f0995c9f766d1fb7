"""Read the names of tools as models write them, and write them as providers take them."""

import re
from collections.abc import Collection

_LONGEST = 64
_TOKEN = re.compile(r"<[|\uff5c][^|\uff5c<>]{0,40}[|\uff5c]?>|</?[A-Za-z_-]{1,20}>?")
_WORD = re.compile(r"[^\s.:/=(){}\[\]\"'`,;|<>]+")
_DECORATION = frozenset(
    {
        *("functions", "function", "tools", "tool", "default_api", "default", "to", "name"),
        *("assistant", "commentary", "analysis", "final", "json", "code", "call", "print"),
    }
)
"""Words that models put around the name of a tool; they name none themselves."""


def unwrapped(name: str, tools: Collection[str]) -> str | None:
    """Return the declared tool that a name means once its wrapping is off; None where none.

    `functions.add_task`, `default_api:add_task`, `add_task:0`, `add_task<|channel|>commentary`,
    `to=functions.add_task <|constrain|>json`. No name is guessed: what is left once tags, prefixes
    and suffixes are off has to be one declared name, as it was declared.

    Args:
        name: As a model wrote it.
        tools: The names of the declared tools.
    """
    if name in tools:
        return name
    if len(name) > 4 * _LONGEST:
        return None
    words = _WORD.findall(_TOKEN.sub(" ", name))
    left = [word for word in words if not (word in _DECORATION or word.isdecimal())]
    if not left:  # a tool may be called like a decoration
        left = [word for word in words if word in tools]
    return left[0] if len(left) == 1 and left[0] in tools else None


def sent_name(name: object) -> str:
    """Return a tool's name as every provider takes it, `[a-zA-Z_][a-zA-Z0-9_-]{0,63}`.

    Empty where there is none. A name that is declared stays as it is.
    """
    text = name.strip() if isinstance(name, str) else ""
    if not text:
        return ""
    text = re.sub(r"[^a-zA-Z0-9_-]+", "_", text)
    if not re.search("[a-zA-Z0-9]", text):
        return "unknown_tool"
    return (text if re.match("[a-zA-Z_]", text) else f"_{text}")[:_LONGEST]
