"""Merge what is said into a thread, in the order in which it was said."""

from collections.abc import Sequence
from typing import Any, cast

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    RemoveMessage,
    ToolMessage,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.graph.message import add_messages


def merge_messages(known: Any, new: Any) -> list[AnyMessage]:
    """Do what `add_messages` does, but put a message before the known one that it is said before.

    A host or a chat may send the whole conversation each time, of which the thread has
    forgotten the beginning: at the end, the first question would look like the last one.
    A known answer or result stays as it is, unless it is removed.

    Args:
        known: The messages of the thread.
        new: A message or several, of any form that LangChain takes; may repeat known ones.
    """
    given = [
        message_chunk_to_message(message)
        for message in convert_to_messages(new if isinstance(new, list) else [new])
    ]
    if any(isinstance(message, RemoveMessage) for message in given):
        return cast("list[AnyMessage]", add_messages(known, cast("Any", given)))
    by_id = {message.id: message for message in known}
    given = [
        by_id[each.id] if isinstance(by_id.get(each.id), AIMessage | ToolMessage) else each
        for each in given
    ]
    merged = cast("list[AnyMessage]", add_messages(known, cast("Any", given)))
    known_ids = set(by_id)
    before: dict[str | None, list[str | None]] = {}
    waiting: list[str | None] = []
    for message_id in dict.fromkeys(message.id for message in given):
        if message_id in known_ids:
            before[message_id], waiting = waiting, []
        else:
            waiting.append(message_id)
    return _moved(merged, before) if any(before.values()) else merged


def _moved(
    messages: Sequence[AnyMessage], before: dict[str | None, list[str | None]]
) -> list[AnyMessage]:
    """Return the messages with some of them in front of others.

    Args:
        messages: All of them.
        before: The ids of those that move, by the id of the message that they come before.
    """
    by_id = {message.id: message for message in messages}
    moving = {message_id for ids in before.values() for message_id in ids}
    ordered: list[AnyMessage] = []
    for message in messages:
        ordered += [by_id[message_id] for message_id in before.get(message.id, ())]
        if message.id not in moving:
            ordered.append(message)
    return ordered
