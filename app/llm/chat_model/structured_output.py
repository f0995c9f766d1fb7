"""Have an answer in the form of a schema: by a tool call, or as JSON in the text."""

from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.output_parsers.base import OutputParserLike
from langchain_core.output_parsers.openai_tools import (
    JsonOutputKeyToolsParser,
    PydanticToolsParser,
)
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from langchain_core.utils.pydantic import is_basemodel_subclass

from ..declarations import plain, sent_name

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_METHODS = ("function_calling", "json_schema", "json_mode")


def structured(
    model: "BaseChatModel",
    schema: Any,
    *,
    method: str,
    include_raw: bool,
    strict: bool | None,
    more: Mapping[str, Any],
) -> Runnable[Any, Any]:
    """Return a model whose answers have the form of a schema.

    Args:
        model: The chat model.
        schema: A pydantic class of either version, a TypedDict, or a JSON schema with a title.
        method: `function_calling`, `json_schema` or `json_mode`.
        include_raw: Whether the message comes with what was read from it, and with the error.
        strict: Whether the provider must hold the answer to the schema; None leaves it open.
        more: Other arguments of the calls.

    Raises:
        ValueError: There is no such method, or the schema can't be read.
    """
    if method not in _METHODS:
        raise ValueError(f"method must be one of {', '.join(_METHODS)}, not {method!r}.")
    kwargs: dict[str, Any] = {"method": method}
    if strict is not None:
        kwargs["strict"] = strict
    shown = {"ls_structured_output_format": {"kwargs": kwargs, "schema": schema}}
    if method == "function_calling":
        name = convert_to_openai_tool(schema)["function"]["name"]
        bound = model.bind_tools(
            [schema],
            tool_choice=name,
            parallel_tool_calls=False,
            strict=strict,
            **shown,
            **more,
        )
        parser = _parser_of_calls(schema, name)
    else:
        bound = model.bind(response_format=_format(schema, method, strict), **shown, **more)
        parser = _parser_of_text(schema)
    return _with_raw(bound, parser) if include_raw else bound | parser


def _format(schema: Any, method: str, strict: bool | None) -> Mapping[str, Any]:
    """Return the form of the text as OpenAI's API has it."""
    if method == "json_mode":
        return {"type": "json_object"}
    told = dict(convert_to_json_schema(schema, strict=strict))
    name = sent_name(told.pop("title", None)) or "answer"
    described: dict[str, Any] = {"name": name, "schema": plain(told)}
    if strict is not None:
        described["strict"] = strict
    return {"type": "json_schema", "json_schema": described}


def _is_model(schema: Any) -> bool:
    return isinstance(schema, type) and is_basemodel_subclass(schema)


def _parser_of_calls(schema: Any, name: str) -> OutputParserLike[Any]:
    if _is_model(schema):
        return PydanticToolsParser(tools=[schema], first_tool_only=True)
    return JsonOutputKeyToolsParser(key_name=name, first_tool_only=True)


def _parser_of_text(schema: Any) -> OutputParserLike[Any]:
    return PydanticOutputParser(pydantic_object=schema) if _is_model(schema) else JsonOutputParser()


def _with_raw(bound: Runnable[Any, Any], parser: OutputParserLike[Any]) -> Runnable[Any, Any]:
    """Return the message, what was read from it, and what went wrong with reading it."""
    read = RunnablePassthrough.assign(
        parsed=itemgetter("raw") | parser, parsing_error=lambda _: None
    )
    unread = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=bound) | read.with_fallbacks([unread], exception_key="parsing_error")
