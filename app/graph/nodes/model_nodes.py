"""Do the steps of a turn that talk: begin it, and ask the model."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    RemoveMessage,
)
from langchain_core.runnables import RunnableConfig
from langgraph.prebuilt.tool_node import ToolInvocationError
from langgraph.runtime import get_runtime

from ...errors import InputError, TaskRefusal
from ...llm import ModelCall, ModelCallError, failover_sentence, narration, outage_sentence
from ...tasks import Owner
from ...telemetry import TurnIds, about
from ...tools import key_of
from ..answer_messages import ATTEMPTS, FAILOVER, NO_MODEL, REFUSED, failure, headed, storable
from ..attempt_reporting import by_a_model, note, trail_for
from ..dangling_tool_calls import has_open_calls, healed
from ..dependencies import Dependencies, DependencySource, asking
from ..log_context import ids_of
from ..prompt import system_prompt
from ..state import State
from ..turn import Call, messages_after
from .end_turn import thread_of

ASK_FIRST = "ask_first"
"""Key in a run's `configurable`: the place in the model chain that is asked first."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question to the chain: whose, in which turn, what, and the trail of who was tried."""

    owner: Owner
    ids: TurnIds
    call: ModelCall


class Nodes:
    """The graph's steps over what was wired; each comes for callers with and without a loop."""

    def __init__(self, source: DependencySource) -> None:
        self._source = source

    def begin_turn(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Check who is asking and that the thread is theirs; start the turn's time."""
        begun = self._begun(self._source.container, state, config)
        if _needs_database(begun, state, config):
            begun |= self._settled(state, config)
        return begun

    async def abegin_turn(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Do `begin_turn` on an event loop."""
        begun = self._begun(await self._source.open_container(), state, config)
        if _needs_database(begun, state, config):
            begun |= await asyncio.to_thread(self._settled, state, config)
        return begun

    def call_model(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Ask the chain; an answer comes back in every case, as one message."""
        asked = self._question(state, config)
        chain = self._source.container.chain.led(_asked_first(config))
        answer = None
        try:
            answer = chain.invoke(asked.call, config) if chain else None
        except ModelCallError:
            pass
        finally:  # also when the caller gives up: those calls were made too
            note(self._source.container, asked.ids, asked.call.trail, answer)
        return self._answered(asked, answer)

    async def acall_model(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Do `call_model` on an event loop."""
        asked = self._question(state, config)
        chain = self._source.container.chain.led(_asked_first(config))
        answer = None
        try:
            answer = await chain.ainvoke(asked.call, config) if chain else None
        except ModelCallError:
            pass
        finally:  # also when the caller gives up: those calls were made too
            note(self._source.container, asked.ids, asked.call.trail, answer)
        return self._answered(asked, answer)

    def _begun(
        self, container: Dependencies, state: State, config: RunnableConfig
    ) -> dict[str, Any]:
        deadline = container.clock.monotonic() + container.settings.turn_timeout
        try:
            owner = asking(container, config)
            container.chain.led(_asked_first(config))
        except InputError as error:
            return {"messages": [failure(str(error))], "deadline": deadline}
        if state.get("owner", owner.user_id) != owner.user_id:
            strays = messages_after(state["messages"], state.get("begun"))
            return {"messages": [RemoveMessage(id=str(stray.id)) for stray in strays]}
        if not _asks_something(state["messages"]):
            refusal = failure("The message is empty. Say what to do.")
            return {"messages": [refusal], "deadline": deadline}
        begun = {"owner": owner.user_id, "begun": str(state["messages"][-1].id)}
        with about(ids_of(begun, config)):
            narration.begin_turn(owner.user_id)
        return begun | {"deadline": deadline}

    def _settled(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Note a new thread; give results to calls of an earlier turn that have none."""
        container = self._source.container
        owner, service = asking(container, config), container.tasks()
        if "owner" not in state and (thread := thread_of(config)):
            container.transcript().begin(owner.user_id, *thread, container.clock.now())
        if not has_open_calls(state["messages"]):
            return {}

        def recorded(call: Call) -> str | None:
            key = key_of(config, call.answer.id, call.position, call.id)
            return service.result_of(owner, key)

        return {"messages": healed(state["messages"], recorded)}

    def _question(self, state: State, config: RunnableConfig) -> _Asked:
        owner = asking(self._source.container, config)
        now = self._source.container.clock.now().astimezone(owner.zone)
        trail = trail_for(owner.user_id, get_runtime().stream_writer)
        messages = [system_prompt(now), *state["messages"]]
        deadline = state.get("deadline")
        if deadline is None:  # a run taken up again in another process
            deadline = (
                self._source.container.clock.monotonic()
                + self._source.container.settings.turn_timeout
            )
        ids = replace(ids_of(state, config), user=owner.user_id)
        return _Asked(owner, ids, ModelCall(messages, trail, deadline))

    def _answered(self, asked: _Asked, answer: AIMessage | None) -> dict[str, Any]:
        attempts = asked.call.trail.attempts
        now = self._source.container.clock.now().astimezone(asked.owner.zone)
        notice, outcome = "", NO_MODEL
        if answer is None or (attempts and not by_a_model(answer)):
            notice = outage_sentence(attempts, self._source.container.chain.missing, now)
            if attempts and not attempts[-1].goes_over:
                outcome = REFUSED
        message = failure(notice, outcome) if answer is None else headed(storable(answer), notice)
        metadata = message.response_metadata | {
            ATTEMPTS: [attempt.report() for attempt in attempts]
        }
        if by_a_model(answer):
            metadata[FAILOVER] = failover_sentence(attempts, now)
        return {"messages": [message.model_copy(update={"response_metadata": metadata})]}


def _needs_database(begun: dict[str, Any], state: State, config: RunnableConfig) -> bool:
    """Say whether the beginning of a turn has something to look up or to note."""
    new = "owner" not in state and thread_of(config) is not None
    return "begun" in begun and (new or has_open_calls(state["messages"]))


def tell_refusal(error: TaskRefusal | ToolInvocationError) -> str:
    """Let the model read what it may mend; every other exception is a bug and stops the turn."""
    return str(error)


def _asked_first(config: RunnableConfig) -> str | None:
    first = (config.get("configurable") or {}).get(ASK_FIRST)
    return None if first is None else str(first)


def _asks_something(messages: Sequence[AnyMessage]) -> bool:
    last = messages[-1] if messages else None
    return last is not None and not (isinstance(last, HumanMessage) and not last.text.strip())
