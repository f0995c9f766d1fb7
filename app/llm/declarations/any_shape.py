"""Read tools of any shape: functions, classes, LangChain's tools, dictionaries, providers' own.

What comes out is a function in OpenAI's form, or a tool that a provider itself brings, as it was.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic.errors import PydanticUserError

from .json_schemas import plain

_LISTS = ("function_declarations", "functionDeclarations")
_FUNCTIONS = (None, "function", "object")
"""The types of dictionaries that describe a function; others name a tool of a provider's own."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A tool that a provider itself brings, such as a search.

    Attributes:
        name: What it is called.
        tool: As the host gave it.
    """

    name: str
    tool: Mapping[str, Any]


Function = dict[str, Any]
"""A function with its `name`, `description` and `parameters`, and `strict` where that was said."""


def read_tool(tool: Any, strict: bool | None = None) -> Iterator[Function | BuiltIn]:
    """Yield what a host's tool declares: one function, or several, or a provider's own tool.

    Args:
        tool: A function, a pydantic class, a TypedDict, a LangChain tool, or a dictionary in
            the form of OpenAI, Anthropic, Gemini or JSON schema.
        strict: Whether the arguments must fit the schema; None leaves it to the provider.

    Raises:
        ValueError: It is none of these.
    """
    given = _dictionary(tool)
    if isinstance(given, Mapping):
        if declared := next((given[key] for key in _LISTS if given.get(key)), None):
            for each in declared:
                yield from read_tool(_in_small_letters(each), strict)
            return
        if (name := _name_of_built_in(given)) is not None:
            yield BuiltIn(name, given)
            return
        if given.get("type") == "function" and "function" not in given:
            given = {key: value for key, value in given.items() if key != "type"}
    try:
        declared = deepcopy(convert_to_openai_tool(given, strict=strict))
    except (ValueError, TypeError, PydanticUserError) as error:
        raise ValueError(_unread(tool, error)) from error
    if declared.get("type") != "function":
        yield BuiltIn(str(declared.get("type")), declared)
    else:
        yield _function(declared["function"])


def _dictionary(tool: Any) -> Any:
    """Return a tool object of Google's SDK as a dictionary, and everything else as it is."""
    if hasattr(tool, "function_declarations") and hasattr(tool, "model_dump"):
        return tool.model_dump(exclude_none=True, mode="json")
    return tool


def _name_of_built_in(tool: Mapping[str, Any]) -> str | None:
    """Return what a provider's own tool is called; None where this describes a function."""
    kind = tool.get("type")
    if isinstance(kind, str) and kind not in _FUNCTIONS:
        return kind
    if kind is None and len(tool) == 1 and not {"name", "title", "toolSpec"} & set(tool):
        return str(next(iter(tool)))
    return None


def _unread(tool: Any, error: Exception) -> str:
    """Return a sentence about a tool that can't be read, with the first line of why."""
    name = getattr(tool, "name", None) or getattr(tool, "__name__", None) or repr(tool)
    why = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".:")
    return (
        f"The tool {str(name)[:80]} can't be read ({why}): give a function whose arguments JSON "
        "can hold, a pydantic class, a TypedDict, a LangChain tool, or OpenAI's dictionary."
    )


def _function(function: Function) -> Function:
    if not isinstance(function.get("name"), str) or not function["name"].strip():
        raise ValueError(f"A tool has no name: {str(function)[:80]}")
    parameters = function.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise ValueError(f"The parameters of the tool {function['name']} are no JSON schema.")
    parameters = {**parameters, "properties": parameters.get("properties") or {}}
    if not isinstance(parameters["properties"], Mapping):
        raise ValueError(f"The properties of the tool {function['name']} are no JSON schemas.")
    function["parameters"] = plain({"type": "object", **parameters})
    function["description"] = str(function.get("description") or "")
    return function


def _in_small_letters(declared: Any) -> Any:
    """Return a declaration in Gemini's form with the types of JSON schema."""
    if isinstance(declared, Mapping):
        named = dict(declared)
        for key in ("parameters_json_schema", "parametersJsonSchema"):
            if key in named:
                named["parameters"] = named.pop(key)
        return {
            key: value.lower()
            if key == "type" and isinstance(value, str)
            else _in_small_letters(value)
            for key, value in named.items()
        }
    if isinstance(declared, Sequence) and not isinstance(declared, str):
        return [_in_small_letters(each) for each in declared]
    return declared
