"""Say how much a message is, in whatever form a client sends it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_DATA = frozenset({"data", "base64"})
"""Keys of a content block under which base64 stands."""
_DATA_URL = "data:"
_LABELS = frozenset({"type", "role", "id", "name", "mimeType", "mime_type", "source_type"})
_LABEL, _WORD = 200, 64
_PARTS = ("content", "additional_kwargs", "response_metadata", "tool_calls", "artifact", "name")
"""What of a LangChain message a client can fill."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much something is: characters of text, and bytes of attachments."""

    characters: int
    attached: int


def weigh(thing: Any) -> Weight:
    """Return how much a message is; every text in it counts, whatever it is called.

    It takes time in proportion to the parts, and looks no deeper than it must, so that it may
    be asked before anything else is done with what came.

    Args:
        thing: A message, a part of one, or several, in any form that LangChain takes.
    """
    characters = attached = 0
    waiting: list[tuple[Any, bool]] = [(thing, False)]
    while waiting:
        part, is_data = waiting.pop()
        if isinstance(part, str):
            if is_data or part.startswith(_DATA_URL):
                attached += len(part) * 3 // 4
            else:
                characters += len(part)
        elif isinstance(part, bytes | bytearray):
            attached += len(part)
        else:
            waiting += _inside(part)
    return Weight(characters, attached)


def _inside(part: Any) -> Iterable[tuple[Any, bool]]:
    """Return what counts of a part; the words that only say what it is don't."""
    if isinstance(part, Mapping):
        block = "type" in part
        return [
            *((key, False) for key in part if isinstance(key, str) and len(key) > _WORD),
            *(
                (value, block and key in _DATA)
                for key, value in part.items()
                if not (key in _LABELS and isinstance(value, str) and len(value) <= _LABEL)
            ),
        ]
    if isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], str):
        return [(each, False) for each in part[len(part[0]) <= _WORD :]]  # a role and its words
    if isinstance(part, list | tuple | set | frozenset):
        return [(each, False) for each in part]
    if hasattr(part, "content"):
        return [(getattr(part, name, None), False) for name in _PARTS]
    return []
