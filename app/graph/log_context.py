"""Name the turn that a node belongs to, for log lines and the ledger."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from langchain_core.runnables import RunnableConfig

from ..telemetry import TurnIds, turn_context, turn_id
from .run_config import thread_of
from .state import State

AsyncNode = Callable[[State, RunnableConfig], Awaitable[dict[str, Any]]]


class Node(Protocol):
    """A node of the graph, as LangGraph calls it."""

    def __call__(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Return what changes in the state."""


def ids_of(state: Mapping[str, Any], config: RunnableConfig) -> TurnIds:
    """Return whose turn it is, the name of the thread, and a short name of the turn.

    Args:
        state: The conversation.
        config: The run's.
    """
    thread, begun = thread_of(config), state.get("begun")
    return TurnIds(
        user=state.get("owner", ""),
        thread=thread[1] if thread else "",
        turn=turn_id(begun) if begun else "",
    )


def in_log_context(node: Node) -> Node:
    """Return a node whose log lines name their turn."""

    def run(state: State, config: RunnableConfig) -> dict[str, Any]:
        with turn_context(ids_of(state, config)):
            return node(state, config)

    return run


def ain_log_context(node: AsyncNode) -> AsyncNode:
    """Do `in_log_context` for a node on an event loop."""

    async def run(state: State, config: RunnableConfig) -> dict[str, Any]:
        with turn_context(ids_of(state, config)):
            return await node(state, config)

    return run
