"""Translate what a run of the graph streams into the events of a turn."""

from collections.abc import Iterator
from typing import Any, Literal

from langchain_core.messages import AIMessage, AIMessageChunk

from ..events import Asking, Event, Failover, Token, ToolCall, Waiting
from ..llm import CUT
from .answer_messages import CUT_GAP

MODES: tuple[Literal["messages", "custom", "updates"], ...] = ("messages", "custom", "updates")
"""The stream modes that events are made of."""


_CALLING = ("call_model", "confirm")
"""The steps whose messages may call tools anew; the beginning of a turn may repeat old ones."""

INTERRUPT = "__interrupt__"
"""Key under which LangGraph tells that a run has paused, and with what question."""


def events_of(mode: str, part: Any) -> Iterator[Event]:
    """Yield the events in one part of a stream.

    Args:
        mode: The stream mode that it comes from.
        part: What LangGraph gives in this mode.
    """
    if mode == "messages":
        chunk, _ = part
        if isinstance(chunk, AIMessageChunk) and chunk.text:
            yield Token(str(chunk.text), str(chunk.id))
    elif mode == "updates":
        for step, update in part.items():
            messages = (update or {}).get("messages", ()) if step in _CALLING else ()
            for message in messages:
                if line := message.response_metadata.get(CUT):
                    yield Token(f"{CUT_GAP}{line}", str(message.id))
                for call in message.tool_calls if isinstance(message, AIMessage) else ():
                    yield ToolCall(call["name"], call["args"])
    elif mode == "custom" and part.get("type") == "failover":
        yield Failover(part["from"], part["to"], part["kind"], part["message_id"])
    elif mode == "custom" and part.get("type") == "asking":
        yield Asking(part["provider"], part["model"])
    elif mode == "custom" and part.get("type") == "waiting":
        yield Waiting(part["for"], part["seconds"])
