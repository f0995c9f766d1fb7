"""Make text and arguments such that every client can send them."""

import json
import math
from typing import Any

_DEEPEST = 20
_LARGEST = 2**63


def clean(text: str) -> str:
    """Return text that every client can send: no halves of characters, no NUL."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")


def sendable(value: Any, depth: int = 0) -> Any:
    """Return arguments as every provider can read them: JSON without extremes.

    Args:
        value: The arguments, or one inside them.
        depth: How deep inside.
    """
    if depth > _DEEPEST:
        return "..."
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {clean(str(key)): sendable(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [sendable(inner, depth + 1) for inner in value]
    return clean(str(value))


def as_output(text: str) -> str:
    """Return a tool's result so that Gemini's client takes it as text, though it look like JSON."""
    try:
        json.loads(text)
    except ValueError:
        return text
    except RecursionError:
        pass
    return json.dumps({"output": text})
