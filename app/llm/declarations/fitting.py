"""Bring arguments that a model has misspelt into the types of a schema, where that is certain."""

import json
from collections.abc import Mapping
from typing import Any


class _UnfitError(Exception):
    """It isn't what the schema says, in no spelling."""


def fitted(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return arguments as a schema wants them: 7 for "7", a list for its JSON; None where not.

    What is spelt right stays as it is; nothing is added and nothing is guessed.

    Args:
        arguments: What a model wrote.
        schema: The plain JSON schema of the parameters.
    """
    try:
        found: dict[str, Any] = _fit(dict(arguments), {"type": "object", **schema})
    except _UnfitError:
        return None
    return found


def _fit(value: Any, schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return value
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return _fit_one(value, alternatives)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds:
        value = _of_kind(value, kinds)
    value = _listed(value, schema)
    if isinstance(value, dict):
        return _fit_object(value, schema)
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        return [_fit(each, schema["items"]) for each in value]
    return value


def _fit_one(value: Any, alternatives: Any) -> Any:
    """Fit the first alternative that takes a value as it is, or else the first that can."""
    possible = []
    for alternative in alternatives:
        try:
            found = _fit(value, alternative)
        except _UnfitError:
            continue
        if found == value and type(found) is type(value):
            return found
        possible.append(found)
    if not possible:
        raise _UnfitError
    return possible[0]


def _of_kind(value: Any, kinds: Any) -> Any:
    """Return a value in one of some types, read from another spelling where that is certain."""
    if any(_is(value, kind) for kind in kinds):
        return value
    if isinstance(value, str):
        try:
            read = json.loads(value.strip())
        except (ValueError, RecursionError):
            read = {"true": True, "false": False, "none": None}.get(value.strip().lower(), value)
        if any(_is(read, kind) for kind in kinds if kind != "string"):
            return read
    if isinstance(value, float) and value.is_integer() and "integer" in kinds:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and "string" in kinds:
        return json.dumps(value)
    raise _UnfitError


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
    return True


def _listed(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a value that is among those that a schema lists; small and capital letters alike."""
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if not isinstance(values, list) or value in values:
        return value
    alike = [each for each in values if str(each).lower() == str(value).strip().lower()]
    if len(alike) != 1:
        raise _UnfitError
    return alike[0]


def _fit_object(value: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties") or {}
    if not set(schema.get("required") or ()) <= set(value):
        raise _UnfitError
    if schema.get("additionalProperties") is False and not set(value) <= set(properties):
        raise _UnfitError
    others = schema.get("additionalProperties")
    return {name: _fit(each, properties.get(name, others)) for name, each in value.items()}
