"""Say in one sentence which arguments of a tool call can't be read, and what to send instead."""

from collections.abc import Mapping
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import ValidationError

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


def sentence_about(tool: BaseTool, error: ValidationError) -> str:
    """Return what is wrong with the arguments of a call, for the model that made it.

    Args:
        tool: What was called.
        error: What pydantic found.
    """
    properties = _schema(tool)["properties"]
    wrong: dict[str, str] = {}
    for found in error.errors(include_url=False, include_input=False):
        if found["type"] == "value_error" and not found["loc"]:
            return str(found["ctx"]["error"])
        name = str(found["loc"][0]) if found["loc"] else ""
        if name in properties and name not in wrong:
            wrong[name] = _fault(name, found["type"], properties[name])
    return f"{tool.name}: {'; '.join(wrong.values()) or 'the arguments must be one object'}."


def _fault(name: str, kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "missing":
        return f"{name} is missing, send {_expected(schema)}"
    return f"{name} must be {_expected(schema)}"


def _expected(schema: Mapping[str, Any]) -> str:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    (kind,) = [one for one in kinds if one != "null"]
    items = schema.get("items", {}).get("type")
    of = {"integer": " of whole numbers", "string": " of words"}.get(items, "")
    return f"{_KINDS[kind]}{of}"


def _schema(tool: BaseTool) -> Mapping[str, Any]:
    schema: Any = tool.tool_call_schema
    return schema if isinstance(schema, dict) else schema.model_json_schema()
