"""Read what a chat model is given, as fields or with a call, and refuse what can't be."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..declarations import NO_TOOLS, ToolSet
from ..plan import CallOptions
from ..providers import Place

OPTIONS = ("model", "temperature", "max_tokens", "stop", "timeout", "max_retries")
"""What is a field, and may be given with a call as well."""

_FORMATS = ("json_object", "json_schema")
_MOST_CHECKED = 128


@dataclass(frozen=True, slots=True)
class Arguments:
    """What one call is given.

    Attributes:
        model: The place to ask first; None keeps the order of the chain.
        timeout: Seconds for the whole call; None takes `TURN_TIMEOUT`.
        retries: How often a model is asked again after a passing fault; None as settings say.
        tools: What may be called.
        options: What else is wanted of the answer.
    """

    model: str | None
    timeout: float | None
    retries: int | None
    tools: ToolSet
    options: CallOptions


class BoundTools(list[dict[str, Any]]):
    """Tools as a run shows them: dictionaries, which remember the set that they are of.

    Args:
        tools: The set.
    """

    def __init__(self, tools: ToolSet) -> None:
        super().__init__(tools.declared())
        self.tools = tools


def read_arguments(fields: Mapping[str, Any], given: Mapping[str, Any]) -> Arguments:
    """Return what a call is given; what is given with it wins over the fields.

    Args:
        fields: The values of the model's fields, by name.
        given: The keyword arguments of the call.

    Raises:
        ValueError: An argument isn't known, or its value can't be.
    """
    more = dict(given)
    more.pop("stream", None)  # LangChain's way to ask for chunks
    own = {name: more.pop(name) for name in OPTIONS if more.get(name) is not None}
    values = {**fields, **own}
    for name in OPTIONS:
        more.pop(name, None)
    tools = _tools(more)
    options = CallOptions(
        temperature=_number("temperature", values.get("temperature"), 0, 2),
        max_tokens=_whole("max_tokens", values.get("max_tokens"), 1),
        stop=_texts("stop", values.get("stop")),
        response_format=_format(more.pop("response_format", None)),
    )
    if more:
        known = ", ".join((*OPTIONS, "tools", "tool_choice", "parallel_tool_calls", "strict"))
        unknown = ", ".join(sorted(more))
        raise ValueError(f"ChatRelay takes no {unknown}; with a call it takes {known}.")
    return Arguments(
        model=values.get("model"),
        timeout=_number("timeout", values.get("timeout"), 0, math.inf),
        retries=_whole("max_retries", values.get("max_retries"), 0),
        tools=tools,
        options=options,
    )


def check_tools(tools: ToolSet, places: Sequence[Place]) -> None:
    """Refuse tools that a model of the chain can't be told of: any of them may be asked.

    Args:
        tools: What is to be bound.
        places: The chain.

    Raises:
        ValueError: It can't; the sentence says which model, which tool and why.
    """
    for place in places:
        if refusal := _refusal(place.adapter.declare, tools):
            raise ValueError(f"{place.label} ({place.model}) can't take these tools: {refusal}.")


@lru_cache(_MOST_CHECKED)
def _refusal(declare: Any, tools: ToolSet) -> str:
    try:
        declare(tools)
    except ValueError as error:
        return str(error)
    return ""


def _tools(more: dict[str, Any]) -> ToolSet:
    """Take the tools out of the arguments of a call."""
    given = more.pop("tools", None)
    choice = more.pop("tool_choice", None)
    parallel = more.pop("parallel_tool_calls", None)
    strict = more.pop("strict", None)
    if isinstance(given, BoundTools):
        known = given.tools
        same = (None, known.choice), (None, known.parallel)
        if choice in same[0] and parallel in same[1] and strict is None:
            return known
        return known.choosing(choice, parallel)
    if not given and choice in (None, False, "auto", "none"):
        return NO_TOOLS
    return ToolSet(given or (), choice, parallel=parallel, strict=strict)


def _number(name: str, value: Any, least: float, most: float) -> float | None:
    if value is None:
        return None
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not least <= value <= most or (name == "timeout" and value == 0):
        span = f"from {least:g} to {most:g}" if most < math.inf else "of seconds above 0"
        raise ValueError(f"{name} must be a number {span}, not {value!r}.")
    return float(value)


def _whole(name: str, value: Any, least: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number, {least} or more, not {value!r}.")
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value or []
    if not isinstance(texts, list | tuple) or not all(isinstance(t, str) and t for t in texts):
        raise ValueError(f"{name} must be a text or a list of texts, not {value!r}.")
    return tuple(texts)


def _format(value: Any) -> Mapping[str, Any] | None:
    if value is None or (isinstance(value, Mapping) and value.get("type") == "text"):
        return None
    if not isinstance(value, Mapping) or value.get("type") not in _FORMATS:
        raise ValueError(
            'response_format must be a dictionary with the type "json_schema", "json_object" or '
            f'"text", as OpenAI has it, not {str(value)[:80]!r}.'
        )
    return value
