"""Merge what is said into a thread, in the order in which it was said."""

from collections.abc import Sequence
from typing import Any, cast

from langchain_core.messages import (
    AnyMessage,
    RemoveMessage,
    convert_to_messages,
    message_chunk_to_message,
)
from langgraph.graph.message import add_messages


def in_order(there: Any, said: Any) -> list[AnyMessage]:
    """Do what `add_messages` does, but put a message before the known one that it is said before.

    A host or a chat may send the whole conversation each time, of which the thread has
    forgotten the beginning: at the end, the first question would look like the last one.
    """
    wanted = convert_to_messages(said if isinstance(said, list) else [said])
    given = [message_chunk_to_message(message) for message in wanted]
    known = {message.id for message in there}
    whole = cast("list[AnyMessage]", add_messages(there, cast("Any", given)))
    if any(isinstance(message, RemoveMessage) for message in given):
        return whole
    before: dict[str | None, list[str | None]] = {}
    waiting: list[str | None] = []
    for message_id in dict.fromkeys(message.id for message in given):
        if message_id in known:
            before[message_id], waiting = waiting, []
        else:
            waiting.append(message_id)
    return _placed(whole, before) if any(before.values()) else whole


def _placed(
    messages: Sequence[AnyMessage], before: dict[str | None, list[str | None]]
) -> list[AnyMessage]:
    """Move the messages that have a place before another one there."""
    by_id = {message.id: message for message in messages}
    moved = {one for ids in before.values() for one in ids}
    placed: list[AnyMessage] = []
    for message in messages:
        placed += [by_id[one] for one in before.get(message.id, ())]
        if message.id not in moved:
            placed.append(message)
    return placed
