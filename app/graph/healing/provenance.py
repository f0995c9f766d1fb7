"""Tell answers and results that this graph made from those that a client sends.

A client may send messages of any kind: chats fill in a result for a call that still waits, and a
result that nobody made must not reach the model. So the state notes what each node has said, and
what isn't noted there came from outside.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.runnables import RunnableConfig

from ..log_context import AsyncNode, Node
from ..run_config import is_nested, thread_of
from ..state import State


def among_own(node: Node) -> Node:
    """Return a node that sees the graph's own answers and results only, and notes what it makes."""

    def run(state: State, config: RunnableConfig) -> dict[str, Any]:
        own = own_state(state, config)
        return with_note(own, node(own, config))

    return run


def aamong_own(node: AsyncNode) -> AsyncNode:
    """Do `among_own` for a node on an event loop."""

    async def run(state: State, config: RunnableConfig) -> dict[str, Any]:
        own = own_state(state, config)
        return with_note(own, await node(own, config))

    return run


def with_note(state: Mapping[str, Any], update: dict[str, Any]) -> dict[str, Any]:
    """Return a node's change of the state, with a note of the answers and results in it.

    Args:
        state: The conversation before.
        update: What the node returned.
    """
    made = [each for each in update.get("messages", ()) if _is_ours_to_say(each)]
    if not made:
        return update
    for message in made:
        message.id = message.id or str(uuid4())
    there = {message.id for message in state["messages"]}
    noted = update.get("ours", state.get("ours", {}))
    known = {key: mark for key, mark in noted.items() if key in there}
    return {**update, "ours": known | note_of(made)}


def note_of(messages: Sequence[BaseMessage]) -> dict[str, str]:
    """Return the note of the answers and results among messages: a mark for each id."""
    return {str(message.id): _mark(message) for message in messages if _is_ours_to_say(message)}


def own_state(state: State, config: RunnableConfig) -> State:
    """Return the state without answers and results that this graph did not make.

    A host's program answers for what it hands over, where it keeps the conversation itself: as
    the parent of this graph, or without a thread. In a thread's first turn somebody may hand
    over answers of before, but no results. In a thread that began before there was a note, all
    up to the last turn's end counts as noted.

    Args:
        state: The conversation.
        config: The run's.
    """
    if is_nested(config) or thread_of(config) is None:
        return state
    messages = state["messages"]
    if "ours" in state:
        own = [message for message in messages if _is_noted(message, state["ours"])]
    else:
        ids = [message.id for message in messages]
        settled = ids.index(kept) + 1 if (kept := state.get("kept")) in ids else 0
        new = [each for each in messages[settled:] if not _is_ours_to_say(each) or _answers(each)]
        own = [*messages[:settled], *new]
    changed: State = {**state, "messages": own}
    return changed if len(own) < len(messages) else state


def _answers(message: BaseMessage) -> bool:
    return isinstance(message, AIMessage)


def _is_ours_to_say(message: BaseMessage) -> bool:
    return not isinstance(message, HumanMessage | SystemMessage | RemoveMessage)


def _is_noted(message: BaseMessage, note: Mapping[str, str]) -> bool:
    return not _is_ours_to_say(message) or note.get(str(message.id)) == _mark(message)


def _mark(message: BaseMessage) -> str:
    """Return what no other message has: of its words, its calls, and the call that it answers."""
    calls = [dict(call) for call in getattr(message, "tool_calls", ())]
    answers = (message.tool_call_id, message.status) if isinstance(message, ToolMessage) else ()
    told = json.dumps([message.type, message.text, calls, answers], sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
