"""Read the JSON of other programs: an array, an object, or one object a line."""

import json
from typing import Any

from ....errors import TaskRefusal
from ..reading import Reading


def parsed(text: str, reading: Reading) -> Any:
    """Return what a JSON text holds; one object a line is a list.

    Args:
        text: The file.
        reading: Where lines that can't be read are noted.

    Raises:
        TaskRefusal: It is no JSON.
    """
    text = text.removeprefix("\ufeff")
    try:
        return json.loads(text)
    except RecursionError:
        raise TaskRefusal("Line 1 is nested too deep. Nothing was imported.") from None
    except ValueError as error:
        whole = error
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        piece = line.strip().rstrip(",")
        if piece in ("", "[", "]"):
            continue
        try:
            found.append(json.loads(piece))
        except (ValueError, RecursionError) as error:
            with reading.entry(number, piece):
                raise TaskRefusal(f"Line {number} is no JSON ({error}).") from None
    if not found:
        raise TaskRefusal(f"Line 1 is no JSON ({whole}). Nothing was imported.")
    return found


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; anything else is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def line_of(text: str, piece: str, start: int = 0) -> int:
    """Return the line on which a piece of a text first stands, or 1.

    Args:
        text: The text.
        piece: The piece.
        start: Where to begin.
    """
    at = text.find(piece, start)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
