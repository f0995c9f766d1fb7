"""Give every tool call a result, since providers refuse a conversation in which one has none.

A call is left without one by a crash, a cancelled run, or new text while a confirmation was
pending.
"""

from collections.abc import Callable, Sequence

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    RemoveMessage,
    ToolCall,
    ToolMessage,
)
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from ..answer_messages import not_run
from ..turn import Call, calls_in

_NOT_RUN = "Not run: the person said something else before it was confirmed or carried out."


def has_dangling_calls(messages: Sequence[AnyMessage]) -> bool:
    """Say whether a call in the conversation has no result."""
    return any(call.result is None for call in calls_in(messages))


def with_results(
    messages: Sequence[AnyMessage], recorded: Callable[[Call], str | None]
) -> list[BaseMessage]:
    """Return the messages that replace a conversation's by the same, with all results.

    Args:
        messages: The conversation.
        recorded: Gives the result of a call that was carried out, though nobody noted it here.
    """
    missing: dict[int, list[ToolMessage]] = {}
    for call in calls_in(messages):
        if call.result is None:
            missing.setdefault(id(call.answer), []).append(_result(call, recorded(call)))
    whole: list[BaseMessage] = [RemoveMessage(id=REMOVE_ALL_MESSAGES)]
    waiting: list[ToolMessage] = []
    for message in messages:
        if not isinstance(message, ToolMessage):
            whole += waiting
            waiting = []
        whole.append(message)
        if isinstance(message, AIMessage):
            waiting = missing.get(id(message), [])
    return whole + waiting


def _result(call: Call, text: str | None) -> ToolMessage:
    if text is None:
        return not_run(ToolCall(name=call.name, args=call.args, id=call.id), _NOT_RUN)
    return ToolMessage(text, name=call.name, tool_call_id=call.id)
