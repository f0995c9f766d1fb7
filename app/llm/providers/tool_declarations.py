"""Tell tools, choices and options to a model in the form of its API.

What is here is the form of OpenAI, which others offer too; a provider with a form of its own has
it in its file.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel

from ..declarations import ANY, NONE, BuiltIn, Function, ToolSet
from ..plan import CallOptions

_COMPOSED = ("anyOf", "oneOf", "allOf", "not", "enum")


def declarations(
    tools: ToolSet, built_in: Callable[[BuiltIn], Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Return tools in OpenAI's form.

    Args:
        tools: What is declared. Their own names go in the shape that every provider takes.
        built_in: Tells a tool that the provider itself brings; None where it brings none.

    Raises:
        ValueError: A tool can't be told so; the sentence says which, and why.
    """
    told = [{"type": "function", "function": of_plain_objects(each)} for each in functions(tools)]
    own = built_in or no_built_in
    return [*told, *(dict(own(each)) for each in tools.built_in)]


def functions(tools: ToolSet) -> list[Function]:
    """Return functions with the names under which they are declared.

    Defaults of tools that are lenient are left out: they are sent with every call.

    Args:
        tools: What is declared.
    """
    told = []
    for function in tools.functions:
        parameters = dict(function["parameters"])
        if tools.lenient:
            parameters["properties"] = {
                name: {key: value for key, value in each.items() if key != "default"}
                for name, each in parameters["properties"].items()
            }
        told.append({**function, "name": tools.sent[function["name"]], "parameters": parameters})
    return told


def without_strict(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return declarations in OpenAI's form without what only OpenAI itself knows.

    Args:
        told: The declarations.
    """
    for each in told:
        each.get("function", {}).pop("strict", None)
    return told


def of_plain_objects(function: Function) -> Function:
    """Return a function whose parameters are the properties of one object.

    Raises:
        ValueError: They are something else, which this API doesn't take.
    """
    if composed := next((key for key in _COMPOSED if key in function["parameters"]), None):
        raise ValueError(
            f'the parameters of "{function["name"]}" are one "{composed}" as a whole; put it '
            "inside a property"
        )
    return function


def no_built_in(tool: BuiltIn) -> Any:
    """Refuse a tool that another provider brings.

    Args:
        tool: The tool.

    Raises:
        ValueError: Always.
    """
    raise ValueError(f'"{tool.name}" is a tool of another provider, or of another of its APIs')


def chosen(tools: ToolSet) -> dict[str, Any]:
    """Return which tool must be called, and whether several may be, in OpenAI's form.

    Args:
        tools: What is declared, with the choice.
    """
    told: dict[str, Any] = {}
    if tools.choice in (ANY, NONE):
        told["tool_choice"] = "required" if tools.choice == ANY else NONE
    elif tools.choice is not None:
        name = tools.sent.get(tools.choice, tools.choice)
        told["tool_choice"] = {"type": "function", "function": {"name": name}}
    if tools.parallel is not None and tools.functions:
        told["parallel_tool_calls"] = tools.parallel
    return told


def options(asked: CallOptions, model: BaseChatModel) -> dict[str, Any]:
    """Return options as most of LangChain's classes take them with a call.

    Args:
        asked: What is wanted.
        model: Who is asked.
    """
    told: dict[str, Any] = {}
    if asked.temperature is not None and takes_temperature(model):
        told["temperature"] = asked.temperature
    if asked.max_tokens is not None:
        told["max_tokens"] = asked.max_tokens
    if asked.response_format is not None:
        told["response_format"] = dict(asked.response_format)
    return told


def takes_temperature(model: BaseChatModel) -> bool:
    """Say whether a model lets the temperature be set, as far as LangChain's profiles know it."""
    return (model.profile or {}).get("temperature") is not False


def takes_images(model: BaseChatModel) -> bool:
    """Say whether a model sees images; one that no profile knows may try."""
    return bool((model.profile or {}).get("image_inputs", True))


def bound(model: BaseChatModel, tools: Sequence[Any], choice: Mapping[str, Any]) -> Any:
    """Return a model with tools, which have the form of its API already.

    Args:
        model: The chat model.
        tools: The declarations.
        choice: What else goes with them.
    """
    return model.bind(tools=list(tools), **choice) if tools else model
