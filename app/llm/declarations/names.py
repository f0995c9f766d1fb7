"""Give tools names that every provider takes, and each of them to one tool."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..messages import sent_name
from .any_shape import Function

__all__ = ["sent_name", "sent_names"]


_WORDS = ("title", "description", "default", "examples")
"""What in a schema is for reading only."""


def without_repeats(functions: Iterable[Function]) -> tuple[Function, ...]:
    """Leave out functions that were declared before, perhaps in another form.

    Args:
        functions: What a host gave.
    """
    kept: dict[tuple[str, str], Function] = {}
    for function in functions:
        kept.setdefault((function["name"], repr(_essence(function["parameters"]))), function)
    return tuple(kept.values())


def _essence(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_essence(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    essence = {}
    for key, value in sorted(schema.items()):
        if key == "properties" and isinstance(value, dict):
            essence[key] = {name: _essence(each) for name, each in sorted(value.items())}
        elif key not in _WORDS:
            essence[key] = _essence(value)
    return essence


def sent_names(names: Sequence[str]) -> Mapping[str, str]:
    """Return under which name each tool is declared, by its own name.

    Args:
        names: What the tools are called.

    Raises:
        ValueError: Two would be declared under one name.
    """
    sent: dict[str, str] = {}
    for name in names:
        declared = sent_name(name)
        other = next((each for each, taken in sent.items() if taken == declared), None)
        if other is not None:
            said = f'"{name}"' if other == name else f'"{other}" and "{name}"'
            raise ValueError(f"Two tools have one name for a model: {said}. Rename one of them.")
        sent[name] = declared
    return sent
