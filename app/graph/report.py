"""Read a reply out of a finished turn."""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage

from app.graph.answers import ATTEMPTS, FAILOVER, NO_MODEL
from app.graph.turn import current_turn, last_answer
from app.llm import FAILED, MODEL, OFFLINE, PROVIDER, RAN_COMMAND
from app.reply import Reply


def reply_of(messages: Sequence[AnyMessage], user_id: str, thread_id: str) -> Reply:
    """Return what the last turn of a conversation came to."""
    turn = current_turn(messages)
    answer = last_answer(turn)
    told = answer.response_metadata
    stranded = told.get(PROVIDER) == OFFLINE and not any(
        message.response_metadata.get(RAN_COMMAND) for message in turn
    )
    return Reply(
        ok=not told.get(FAILED) and not stranded,
        reply=answer.text,
        user_id=user_id,
        thread_id=thread_id,
        provider=told.get(PROVIDER),
        model=told.get(MODEL),
        attempts=tuple(
            attempt for message in turn for attempt in message.response_metadata.get(ATTEMPTS, ())
        ),
        tool_calls=tuple(_tool_calls(turn)),
        no_model=stranded or told.get(FAILED) == NO_MODEL,
        notice=told.get(FAILOVER, ""),
    )


def _tool_calls(turn: Sequence[AnyMessage]) -> list[dict[str, Any]]:
    """Return each call of a turn with its result; results follow their calls in order."""
    calls: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    for message in turn:
        if isinstance(message, AIMessage):
            waiting = [
                {"name": call["name"], "args": call["args"], "result": None}
                for call in message.tool_calls
            ]
            calls += waiting
        elif isinstance(message, ToolMessage) and waiting:
            waiting.pop(0)["result"] = message.text
    return calls
