"""Make of a model's answer what is passed on: declared names, calls read back, who gave it."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, ToolCall

from ..settings import FailureKind
from .bound_models import DeclaredTools
from .declarations import NONE, ToolSet, fitted
from .failures import Verdict
from .messages import (
    PROVIDER,
    SIGNER,
    is_signed,
    read_back,
    undeclared,
    with_declared_names,
    without_thoughts,
)
from .plan import CallOptions, Plan
from .providers import Place
from .stream import StreamResult
from .wire import without_markup

MODEL = "model"
"""Key in `response_metadata` of the model that gave the answer."""

_FENCE = re.compile(r"\A```\w*\s(.*?)```\s*\Z", re.DOTALL)


def unasked(answer: AIMessage | None, plan: Plan, declared: DeclaredTools) -> Verdict | None:
    """Return the verdict on an answer that isn't what was asked for; None where it is.

    Args:
        answer: What the model said, if it can be used otherwise.
        plan: What was asked for.
        declared: The tools as the model knows them.
    """
    if answer is None:
        return None
    misused = _misused(answer, plan.tools, declared.schemas)
    if misused:
        return Verdict(FailureKind.TOOL_USE_FAILED, detail=misused)
    if not answer.tool_calls and not _has_form(str(answer.text), plan.options):
        detail = "the answer is not the JSON that was asked for"
        return Verdict(FailureKind.MALFORMED_RESPONSE, detail=detail)
    return None


def repaired(
    result: StreamResult, verdict: Verdict, plan: Plan, declared: DeclaredTools
) -> AIMessage | None:
    """Return the answer that a rejected tool call was meant to be, where that is certain.

    Args:
        result: What came.
        verdict: What is wrong with it.
        plan: What was asked for.
        declared: The tools as the model knows them.
    """
    schemas = declared.schemas
    if result.answer is not None:
        if undeclared(result.answer, schemas) is not None:
            return None
        answer = with_declared_names(result.answer, schemas)
    else:
        read = read_back(without_markup(verdict.generation), schemas)
        if read is None:
            return None
        if not read.calls and verdict.kind is not FailureKind.TOOL_USE_FAILED:
            return None  # said about a call, not to the person
        calls = [
            ToolCall(name=call.name, args=call.args, id=f"call_{uuid4().hex}", type="tool_call")
            for call in read.calls
        ]
        answer = AIMessage(content=read.text, tool_calls=calls)
        if not plan.tools.lenient and not _fit(answer, schemas):
            return None
    return None if unasked(answer, plan, declared) else answer


def passed_on(
    answer: AIMessage, place: Place, tools: ToolSet, declared: DeclaredTools
) -> AIMessage:
    """Return an answer as it is passed on: without thoughts, with the names of who gave it.

    Args:
        answer: What the model said.
        place: Where it stands in the chain.
        tools: What it might call.
        declared: The tools as it knows them.
    """
    names = {PROVIDER: place.name, MODEL: place.model}
    if is_signed(answer):
        names[SIGNER] = place.signer
    kept = without_thoughts(answer)
    update: dict[str, Any] = {"response_metadata": kept.response_metadata | names}
    calls = kept.tool_calls if tools.parallel is not False else kept.tool_calls[:1]
    if declared.own_names or len(calls) < len(kept.tool_calls):
        update["tool_calls"] = [
            {**call, "name": declared.own_names.get(call["name"], call["name"])} for call in calls
        ]
    return kept.model_copy(update=update)


def _misused(answer: AIMessage, tools: ToolSet, schemas: Mapping[str, Mapping[str, Any]]) -> str:
    """Return how an answer calls other tools than it might, or none where it had to."""
    names = [call["name"] for call in answer.tool_calls]
    strange = next((name for name in names if name not in schemas), None)
    if strange is not None:
        return f'there is no tool "{strange[:64]}"'
    if tools.choice == NONE and names:
        return "no tool was to be called"
    if not (tools.forced and tools.functions):
        return ""
    if not names:
        return "a tool was to be called"
    chosen = tools.sent.get(tools.choice or "")
    if chosen is not None and any(name != chosen for name in names):
        return f'"{tools.choice}" was to be called'
    for call in answer.tool_calls:
        if fitted(call["args"], schemas[call["name"]]) is None:
            return f'the arguments of "{call["name"]}" don\'t fit its schema'
    return ""


def _has_form(text: str, options: CallOptions) -> bool:
    """Say whether a text is the JSON that was asked for, if it was."""
    if options.response_format is None:
        return True
    fenced = _FENCE.match(text.strip())
    try:
        value = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return False
    schema = (options.response_format.get("json_schema") or {}).get("schema")
    if not isinstance(value, dict) or not isinstance(schema, Mapping):
        return isinstance(value, dict) or schema is not None
    return fitted(value, schema) is not None


def _fit(answer: AIMessage, schemas: Mapping[str, Mapping[str, Any]]) -> bool:
    """Bring the arguments of read calls into the types of the tools; say whether they fit."""
    for call in answer.tool_calls:
        arguments = fitted(call["args"], schemas[call["name"]])
        if arguments is None:
            return False
        call["args"] = arguments
    return True
