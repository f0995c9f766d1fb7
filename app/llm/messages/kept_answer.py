"""Say what is kept of an answer: its words, its calls by declared names, its signatures."""

from collections.abc import Collection
from typing import Any

from langchain_core.messages import AIMessage

from ..wire import without_unopened_thoughts
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
