"""Begin a turn: check who is asking, start its time, and mend what an earlier turn left open."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from ...errors import InputError, ThreadOwnerError
from ...llm import attachments_in, failover_log
from ...settings import is_uuid
from ...tasks import Owner
from ...telemetry import turn_context
from ...tools import key_of
from ..answer_messages import failure
from ..dependencies import Dependencies
from ..healing import has_dangling_calls, note_of, own_state, with_note, with_results
from ..log_context import ids_of
from ..ownership import FOREIGN_THREAD, Claim, own_thread, refusal_in
from ..run_config import first_place_of, is_nested, owner_of, thread_of, turn_end_of, user_of
from ..state import State
from ..turn import Call, messages_after, question_in

_EMPTY = "The message is empty. Say what to do."


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
        own = own_state(state, config)
        update = _begun(self._container(), own, config, self._name)
        return _without_others(update, own, state)

    async def abegin_turn(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Do `begin_turn` on an event loop.

        Args:
            state: The conversation.
            config: The run's.
        """
        container, own = await self._open_container(), own_state(state, config)
        if _new_thread(own, config) or has_dangling_calls(own["messages"]):
            update = await asyncio.to_thread(_begun, container, own, config, self._name)
        else:
            update = _begun(container, own, config, self._name)
        return _without_others(update, own, state)


def _begun(
    container: Dependencies, state: State, config: RunnableConfig, name: str
) -> dict[str, Any]:
    """Return the change of the state: a turn begins, or is refused, or turned away.

    Args:
        container: What was wired.
        state: The conversation.
        config: The run's.
        name: Our agent's name.
    """
    longest = container.clock.monotonic() + container.settings.turn_timeout
    deadline = turn_end_of(config, longest)
    user_id: str | None = None
    try:
        user_id = user_of(config, container.default_owner)
        own_thread(state.get("owner"), user_id)
        owner = owner_of(config, container.default_owner)
        container.chain.order(first_place_of(config))
        if refused := refusal_in(state["messages"][-1]) if state["messages"] else None:
            return _refused(state, refused, name) | {"deadline": deadline}
        if not _asks_something(state["messages"]):
            raise InputError(_EMPTY)
        if thread := _new_thread(state, config):
            own_thread(_noted(container, owner, thread, config), user_id)
    except ThreadOwnerError as error:
        return _turned_away(state, str(error))
    except InputError as error:
        if _known_owner(container, state, config) not in (None, user_id):
            return _turned_away(state, FOREIGN_THREAD if user_id else str(error))
        return {"messages": [failure(str(error), name)], "deadline": deadline}
    update: dict[str, Any] = {"owner": Claim(user_id), "begun": str(state["messages"][-1].id)}
    if "kept" not in state:
        update["kept"] = _before_question(state["messages"], is_nested(config))
    with turn_context(ids_of(update, config)):
        failover_log.begin_turn(user_id)
    return update | {"deadline": deadline} | _mended(container, owner, state, config)


def _refused(state: State, sentence: str, name: str) -> dict[str, Any]:
    """Return the change of a run that brought too much: what stands in for it goes.

    Args:
        state: The conversation.
        sentence: Why.
        name: Our agent's name.
    """
    stand_in = RemoveMessage(id=str(state["messages"][-1].id))
    return {"messages": [stand_in, failure(sentence, name)]}


def _turned_away(state: State, sentence: str) -> dict[str, Any]:
    """Return the change of a run that may not use the thread: what was said there goes."""
    strays = messages_after(state["messages"], state.get("begun"))
    gone = [RemoveMessage(id=str(stray.id)) for stray in strays]
    return {"messages": gone, "turned_away": sentence}


def _new_thread(state: State, config: RunnableConfig) -> tuple[str, str] | None:
    """Return the id and the name of a thread that nobody has begun yet."""
    return None if "owner" in state else thread_of(config)


def _noted(
    container: Dependencies, owner: Owner, thread: tuple[str, str], config: RunnableConfig
) -> str:
    """Note a new thread; return whose it is.

    Args:
        container: What was wired.
        owner: Who begins it.
        thread: Its id and its name.
        config: The run's.
    """
    shared, now = _is_shared(thread[0], config), container.clock.now()
    return container.transcript().begin(owner.user_id, *thread, now, shared=shared)


def _known_owner(container: Dependencies, state: State, config: RunnableConfig) -> str | None:
    """Return whose the thread is, by its state or by the list of threads."""
    thread = _new_thread(state, config)
    if thread is None or _is_shared(thread[0], config):
        return state.get("owner")
    return container.transcript().begun_by(thread[0])


def _is_shared(key: str, config: RunnableConfig) -> bool:
    """Say whether several users may have a thread of this id.

    A host may let them speak in its own graph's. And where ids aren't UUIDs, another host, or
    the same one tomorrow, gives them to other people.
    """
    return is_nested(config) or not is_uuid(key)


def _mended(
    container: Dependencies, owner: Owner, state: State, config: RunnableConfig
) -> dict[str, Any]:
    """Return the change that gives results to calls of an earlier turn that have none.

    Args:
        container: What was wired.
        owner: Whose turn it is.
        state: The conversation.
        config: The run's.
    """
    if not has_dangling_calls(state["messages"]):
        return {}
    service = container.tasks()

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
    if not isinstance(last, HumanMessage):
        return last is not None
    return bool(last.text.strip()) or attachments_in(last) > 0
