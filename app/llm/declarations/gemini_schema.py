"""Tell a JSON schema as Gemini's own kind of schema, where that says the same.

The Schema object of the Gemini API reference: one type each, texts alone as enumerated values, no
maps and no tuples. What is only a hint, such as a title or a default, is left out; what can't be
told so goes as JSON schema, which the API takes in another field.
"""

from collections.abc import Mapping
from typing import Any

_KEPT = ("description", "nullable", "pattern", "minItems", "maxItems", "minLength", "maxLength")
_FORMATS = {"date-time", "enum", "float", "double", "int32", "int64"}
_TYPES = {"string", "number", "integer", "boolean", "array", "object"}


class _NotTellableError(Exception):
    """Gemini's kind of schema has no word for it."""


def as_gemini_schema(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a schema in Gemini's form; None where that can't say the same.

    Args:
        schema: A plain JSON schema, as `plain` makes it.
    """
    try:
        return _told(schema)
    except _NotTellableError:
        return None


def _told(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, Mapping) or schema.get("allOf") or schema.get("prefixItems"):
        raise _NotTellableError
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        return _one_of(schema, alternatives)
    kind = schema.get("type")
    if isinstance(kind, list):
        rest = {key: value for key, value in schema.items() if key != "type"}
        return _one_of({}, [{**rest, "type": each} for each in kind])
    told = {key: schema[key] for key in _KEPT if key in schema}
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is not None:
        told |= _values(values)
        kind = kind or "string"
    if kind not in _TYPES:
        raise _NotTellableError
    told["type"] = kind.upper()
    if schema.get("format") in _FORMATS:
        told["format"] = schema["format"]
    return told | _bounds(schema) | _inside(schema, kind)


def _one_of(schema: Mapping[str, Any], alternatives: Any) -> dict[str, Any]:
    """Tell alternatives; null among them makes the others nullable."""
    others = [each for each in alternatives if each.get("type") != "null"]
    told = [_told(each) for each in others]
    if not told:
        raise _NotTellableError
    node: dict[str, Any] = dict(told[0]) if len(told) == 1 else {"anyOf": told}
    if len(others) < len(alternatives):
        node["nullable"] = True
    if schema.get("description"):
        node["description"] = schema["description"]
    if schema.get("properties"):
        raise _NotTellableError
    return node


def _values(values: Any) -> dict[str, Any]:
    texts = [each for each in values if each is not None]
    if not texts or not all(isinstance(each, str) and each for each in texts):
        raise _NotTellableError
    return {"enum": texts} | ({"nullable": True} if None in values else {})


def _bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bounds of a number; of whole numbers those that are themselves left out too."""
    step = 1 if schema.get("type") == "integer" else 0
    bounds = {}
    for name, sign in (("minimum", 1), ("maximum", -1)):
        excluded = schema.get(f"exclusive{name.capitalize()}")
        if isinstance(schema.get(name), int | float):
            bounds[name] = schema[name]
        elif isinstance(excluded, int | float) and not isinstance(excluded, bool):
            bounds[name] = excluded + sign * step
    return bounds


def _inside(schema: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return what is in an array or an object."""
    if kind == "array":
        return {"items": _told(schema.get("items"))}
    if kind != "object":
        return {}
    properties = schema.get("properties")
    if not properties or schema.get("additionalProperties") or schema.get("patternProperties"):
        raise _NotTellableError
    required = [name for name in schema.get("required") or () if name in properties]
    told = {"properties": {name: _told(each) for name, each in properties.items()}}
    return told | ({"required": required} if required else {})
