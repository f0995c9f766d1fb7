"""Declare tools to a model in as few tokens as they need."""

from collections.abc import Sequence
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool


def declarations(tools: Sequence[BaseTool]) -> list[dict[str, Any]]:
    """Return tools as every chat model's `bind_tools` takes them, in OpenAI's form.

    Defaults are left out: an optional parameter is nullable, which says it already, and they
    are sent with every call.
    """
    declared = [convert_to_openai_tool(tool) for tool in tools]
    for each in declared:
        for parameter in each["function"]["parameters"]["properties"].values():
            parameter.pop("default", None)
    return declared


def declarations_of_one_type(tools: Sequence[BaseTool]) -> list[dict[str, Any]]:
    """Return the same with one type for each parameter, as Gemini's package wants it.

    From a list of types it makes text, whatever they are; Gemini leaves optional parameters
    out instead of sending null.
    """
    declared = declarations(tools)
    for each in declared:
        for parameter in each["function"]["parameters"]["properties"].values():
            if isinstance(parameter["type"], list):
                parameter["type"] = parameter["type"][0]
    return declared
