"""Turn arguments into the types that a JSON schema declares, where that is certain."""

import json
from collections.abc import Mapping
from typing import Any


def coerced(args: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments as declared: `"7"` becomes 7 for an integer; what doesn't fit stays."""
    properties = schema.get("properties", {})
    return {name: _as_declared(value, properties.get(name, {})) for name, value in args.items()}


def _as_declared(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a value as its schema wants it where that is certain; else as it is."""
    kinds = _kinds(schema)
    if isinstance(value, list) and "array" in kinds:
        return [_as_declared(item, _items(schema)) for item in value]
    if not isinstance(value, str) or "string" in kinds:
        return value
    try:
        read = json.loads(value)
    except ValueError:
        return value
    if isinstance(read, list) and "array" in kinds:
        return _as_declared(read, schema)
    wanted: dict[str, Any] = {
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    for kind, types in wanted.items():
        if (
            kind in kinds
            and isinstance(read, types)
            and isinstance(read, bool) == (kind == "boolean")
        ):
            return read
    return value


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    found = schema.get("type", [])
    kinds = {found} if isinstance(found, str) else set(found)
    for option in schema.get("anyOf", ()):
        kinds |= _kinds(option)
    return kinds


def _items(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    options = [schema, *schema.get("anyOf", ())]
    return next((option["items"] for option in options if "items" in option), {})
