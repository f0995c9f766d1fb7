"""Begin a turn: check who is asking, start its time, and mend what an earlier turn left open."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from ...errors import InputError
from ...llm import failover_log
from ...telemetry import turn_context
from ...tools import key_of
from ..answer_messages import failure
from ..dependencies import Dependencies
from ..healing import has_dangling_calls, note_of, own_state, with_note, with_results
from ..log_context import ids_of
from ..run_config import first_place_of, is_nested, owner_of, thread_of
from ..state import State
from ..turn import Call, messages_after, question_in


class BeginTurn:
    """The first step of a turn.

    Args:
        container: Gives what the step needs; slow the first time.
        open_container: Does so on an event loop, with the clients open.
        name: Our agent's name.
    """

    def __init__(
        self,
        container: Callable[[], Dependencies],
        open_container: Callable[[], Awaitable[Dependencies]],
        name: str,
    ) -> None:
        self._container = container
        self._open_container = open_container
        self._name = name

    def begin_turn(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Check who is asking and that the thread is theirs; start the turn's time.

        Args:
            state: The conversation.
            config: The run's.
        """
        container, own = self._container(), own_state(state, config)
        update = _checked(container, own, config, self._name)
        if _needs_database(update, own, config):
            update |= _prepared(container, own, config)
        return _without_others(update, own, state)

    async def abegin_turn(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Do `begin_turn` on an event loop.

        Args:
            state: The conversation.
            config: The run's.
        """
        container, own = await self._open_container(), own_state(state, config)
        update = _checked(container, own, config, self._name)
        if _needs_database(update, own, config):
            update |= await asyncio.to_thread(_prepared, container, own, config)
        return _without_others(update, own, state)


def _checked(
    container: Dependencies, state: State, config: RunnableConfig, name: str
) -> dict[str, Any]:
    """Return the change of the state: a turn begins, or is refused.

    Without `deadline` the thread belongs to another user.

    Args:
        container: What was wired.
        state: The conversation.
        config: The run's.
        name: Our agent's name.
    """
    deadline = container.clock.monotonic() + container.settings.turn_timeout
    try:
        owner = owner_of(config, container.default_owner)
        container.chain.order(first_place_of(config))
    except InputError as error:
        return {"messages": [failure(str(error), name)], "deadline": deadline}
    if state.get("owner", owner.user_id) != owner.user_id:
        strays = messages_after(state["messages"], state.get("begun"))
        return {"messages": [RemoveMessage(id=str(stray.id)) for stray in strays]}
    if not _asks_something(state["messages"]):
        refusal = failure("The message is empty. Say what to do.", name)
        return {"messages": [refusal], "deadline": deadline}
    begun = {"owner": owner.user_id, "begun": str(state["messages"][-1].id)}
    begun |= (
        {"kept": _before_question(state["messages"], is_nested(config))}
        if "kept" not in state
        else {}
    )
    with turn_context(ids_of(begun, config)):
        failover_log.begin_turn(owner.user_id)
    return begun | {"deadline": deadline}


def _prepared(container: Dependencies, state: State, config: RunnableConfig) -> dict[str, Any]:
    """Note a new thread; give results to calls of an earlier turn that have none."""
    owner, service = owner_of(config, container.default_owner), container.tasks()
    if "owner" not in state and (thread := thread_of(config)):
        container.transcript().begin(owner.user_id, *thread, container.clock.now())
    if not has_dangling_calls(state["messages"]):
        return {}

    def recorded(call: Call) -> str | None:
        key = key_of(config, call.answer.id, call.position, call.id)
        return service.result_of(owner, key)

    return {"messages": with_results(state["messages"], recorded)}


def _without_others(update: dict[str, Any], own: State, state: State) -> dict[str, Any]:
    """Return the change of the state that also removes what isn't the graph's own.

    Args:
        update: The change.
        own: The state without that.
        state: The state.
    """
    if own is state and "ours" in state:
        return with_note(state, update)
    said, stay = update.get("messages", []), {message.id for message in own["messages"]}
    if not any(each.id == REMOVE_ALL_MESSAGES for each in said):
        gone = [RemoveMessage(id=str(each.id)) for each in state["messages"] if each.id not in stay]
        update |= {"messages": gone + said} if gone else {}
    return with_note(state, update | {"ours": note_of(own["messages"])})


def _needs_database(update: dict[str, Any], state: State, config: RunnableConfig) -> bool:
    """Say whether the beginning of a turn has something to look up or to note."""
    new = "owner" not in state and thread_of(config) is not None
    return "begun" in update and (new or has_dangling_calls(state["messages"]))


def _before_question(messages: Sequence[AnyMessage], nested: bool) -> str:
    """Return the id of the last message that is no part of a user's transcript; empty for none.

    In a host's graph that is what comes before the person's last message: who said it, we don't
    know. A thread of our own is its user's from the beginning.

    Args:
        messages: The conversation.
        nested: Whether it is a host's.
    """
    position = question_in(messages) if nested else 0
    return str(messages[position - 1].id) if position else ""


def _asks_something(messages: Sequence[AnyMessage]) -> bool:
    last = messages[-1] if messages else None
    return last is not None and not (isinstance(last, HumanMessage) and not last.text.strip())
