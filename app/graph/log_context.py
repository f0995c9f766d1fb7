"""Name the turn that a step belongs to, for log lines and the ledger."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from langchain_core.runnables import RunnableConfig

from ..telemetry import TurnIds, about, turn_id
from .nodes.end_turn import thread_of
from .state import State

AsyncStep = Callable[[State, RunnableConfig], Awaitable[dict[str, Any]]]


class Step(Protocol):
    """A step of the graph, as LangGraph calls it."""

    def __call__(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Return what changes in the state."""


def ids_of(state: Mapping[str, Any], config: RunnableConfig) -> TurnIds:
    """Return whose turn it is, the name of the thread, and a short name of the turn."""
    thread, begun = thread_of(config), state.get("begun")
    return TurnIds(
        user=state.get("owner", ""),
        thread=thread[1] if thread else "",
        turn=turn_id(begun) if begun else "",
    )


def named(step: Step) -> Step:
    """Return a step whose log lines name their turn."""

    def run(state: State, config: RunnableConfig) -> dict[str, Any]:
        with about(ids_of(state, config)):
            return step(state, config)

    return run


def anamed(step: AsyncStep) -> AsyncStep:
    """Do `named` for a step on an event loop."""

    async def run(state: State, config: RunnableConfig) -> dict[str, Any]:
        with about(ids_of(state, config)):
            return await step(state, config)

    return run
