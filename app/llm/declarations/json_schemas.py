"""Bring a JSON schema into the plainest form: references resolved, wrappers of one off."""

from collections.abc import Mapping
from typing import Any

_ONE_SCHEMA = ("items", "additionalProperties", "not", "contains", "propertyNames")
_SCHEMAS = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED_SCHEMAS = ("properties", "patternProperties")
_DEFINITIONS = ("$defs", "definitions")
_ANYTHING: Mapping[str, Any] = {}
"""What a schema is inside itself: there is no end to telling it."""


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without references, and without a list around a single alternative.

    Where a schema holds itself, anything is allowed from there on: no API tells all of it.

    Args:
        schema: The schema of an object; its definitions may be inside.
    """
    resolved = _resolved(schema, schema, ())
    for key in (*_DEFINITIONS, "$schema", "$id"):
        resolved.pop(key, None)
    return resolved


def _resolved(schema: Any, root: Mapping[str, Any], inside: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(schema, Mapping):
        return dict(_ANYTHING)  # `true`, as a rule
    node = dict(schema)
    reference = node.pop("$ref", None)
    if isinstance(reference, str):
        if reference in inside:
            return node
        inside = (*inside, reference)
        node = {**_found(reference, root), **node}
        if "$ref" in node:
            return _resolved(node, root, inside)
    for key in _ONE_SCHEMA:
        if isinstance(node.get(key), Mapping):
            node[key] = _resolved(node[key], root, inside)
    for key in _SCHEMAS:
        if isinstance(node.get(key), list):
            node[key] = [_resolved(each, root, inside) for each in node[key]]
    for key in _NAMED_SCHEMAS:
        if isinstance(node.get(key), Mapping):
            node[key] = {name: _resolved(each, root, inside) for name, each in node[key].items()}
    return _unwrapped(node)


def _found(reference: str, root: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reference points to; anything where that isn't there."""
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/") if reference != "#" else ():
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping):
        return dict(_ANYTHING)
    return {key: value for key, value in found.items() if key not in _DEFINITIONS}


def _unwrapped(node: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without a list of alternatives that has one member."""
    for key in ("allOf", "anyOf", "oneOf"):
        if isinstance(node.get(key), list) and len(node[key]) == 1:
            (single,) = node.pop(key)
            node = {**single, **node}
    return node
