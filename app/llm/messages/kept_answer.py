"""Say what is kept of an answer: its words, its calls by declared names, its signatures."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, ToolCall

from ..wire import WireRecord, object_in, without_unopened_thoughts
from .framing import SIGNATURES
from .tool_names import unwrapped


def undeclared(answer: AIMessage, tools: Collection[str]) -> str | None:
    """Return the first name that an answer calls and that is no declared tool's, however wrapped.

    Args:
        answer: The answer.
        tools: The names of the declared tools.
    """
    names = (call["name"] for call in answer.tool_calls)
    return next((name for name in names if unwrapped(name, tools) is None), None)


def with_declared_names(answer: AIMessage, tools: Collection[str]) -> AIMessage:
    """Return an answer whose calls have the names that were declared; itself where they do.

    Args:
        answer: The answer.
        tools: The names of the declared tools.
    """
    calls = [
        {**call, "name": unwrapped(call["name"], tools) or call["name"]}
        for call in answer.tool_calls
    ]
    return answer if calls == answer.tool_calls else answer.model_copy(update={"tool_calls": calls})


def with_sent_calls(answer: AIMessage, record: WireRecord) -> AIMessage:
    """Return an answer with the calls that stood on the wire, and an id for each of them.

    Clients join pieces by rules of their own, drop events that they don't know, and leave calls
    without an id.

    Args:
        answer: The answer as the client merged it.
        record: What came over the wire.
    """
    sent = list(record.calls.values())
    joined = answer.tool_calls
    if sent and all(call.whole and call.name for call in sent):
        same = [call.name for call in sent] == [call["name"] for call in joined]
        ids = [call["id"] for call in joined] if same else [call.id for call in sent]
        calls = [
            ToolCall(name=call.name, args=object_in(call.plain_arguments) or {}, id=given)
            for call, given in zip(sent, ids, strict=True)
        ]
        known = {"tool_calls": _with_ids(calls), "invalid_tool_calls": []}
    else:
        known = {"tool_calls": _with_ids(joined)}
    return answer.model_copy(update=known)


def _with_ids(calls: Iterable[ToolCall]) -> list[ToolCall]:
    """Return calls each of which has an id of its own; results are told apart by it."""
    kept: list[ToolCall] = []
    for call in calls:
        lacks = not call["id"] or call["id"] in {other["id"] for other in kept}
        own = f"call_{uuid4().hex}" if lacks else call["id"]
        kept.append(ToolCall(name=call["name"], args=call["args"], id=own, type="tool_call"))
    return kept


def without_thoughts(answer: AIMessage) -> AIMessage:
    """Return an answer without what its model thought and without its raw calls.

    LangChain keeps thoughts as parts of the content or beside it, and calls a second time.
    """
    marks = answer.additional_kwargs.get(SIGNATURES)
    content: Any = answer.content
    if isinstance(content, list):
        content = [part for part in content if isinstance(part, str) or part.get("type") == "text"]
    else:
        content = without_unopened_thoughts(content)
    return answer.model_copy(
        update={
            "content": content,
            "additional_kwargs": {SIGNATURES: marks} if marks else {},
        }
    )
