"""Ask the model chain, and make one message of what comes back."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import get_runtime

from ...llm import (
    BLOCKED,
    DECLINED_BY,
    FailureKind,
    ModelCall,
    ModelCallError,
    failover_sentence,
    outage_sentence,
)
from ...tasks import Owner
from ...telemetry import TurnIds
from ..answer_messages import (
    ATTEMPTS,
    FAILOVER,
    NO_MODEL,
    REFUSED,
    above_cut,
    failure,
    storable_answer,
    under_notice,
    with_changes,
)
from ..attempt_reporting import attempts_for, by_a_model, note
from ..dependencies import Dependencies
from ..log_context import ids_of
from ..ownership import claimed, owner_in
from ..prompt import system_prompt, with_marked_results
from ..run_config import first_place_of, turn_end_of
from ..state import State
from ..turn import own_exchange, within_window


@dataclass(frozen=True, slots=True)
class _Request:
    """One request to the chain: whose, what that changes of the state, in which turn, and what."""

    owner: Owner
    claim: dict[str, Any]
    ids: TurnIds
    call: ModelCall


class ModelNode:
    """The step that asks the chain, for callers with and without an event loop.

    Args:
        container: Gives what the step needs.
        open_container: Does so on an event loop, with the clients open: a turn may be taken up
            here, in another process than it began in.
        writing: The names of the tools that change something.
        name: Our agent's name.
    """

    def __init__(
        self,
        container: Callable[[], Dependencies],
        open_container: Callable[[], Awaitable[Dependencies]],
        writing: Collection[str],
        name: str,
    ) -> None:
        self._container = container
        self._open_container = open_container
        self._writing = writing
        self._name = name

    def call_model(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Ask the chain; an answer comes back in every case, as one message.

        Args:
            state: The conversation.
            config: The run's.
        """
        container = self._container()
        request = self._request(container, state, config)
        chain = container.chain.runnable(request.call.plan)
        answer = None
        try:
            answer = chain.invoke(request.call, config) if chain else None
        except ModelCallError:
            pass
        finally:  # also when the caller gives up: those calls were made too
            note(container, request.ids, request.call.attempts.made, answer)
        return self._update(container, request, answer)

    async def acall_model(self, state: State, config: RunnableConfig) -> dict[str, Any]:
        """Do `call_model` on an event loop.

        Args:
            state: The conversation.
            config: The run's.
        """
        container = await self._open_container()
        request = self._request(container, state, config)
        chain = container.chain.runnable(request.call.plan)
        answer = None
        try:
            answer = await chain.ainvoke(request.call, config) if chain else None
        except ModelCallError:
            pass
        finally:  # also when the caller gives up: those calls were made too
            note(container, request.ids, request.call.attempts.made, answer)
        return self._update(container, request, answer)

    def _request(self, container: Dependencies, state: State, config: RunnableConfig) -> _Request:
        window = container.settings.history_window
        owner = owner_in(state, config, container.default_owner)
        now = container.clock.now().astimezone(owner.zone)
        attempts = attempts_for(owner.user_id, get_runtime().stream_writer)
        sent = with_marked_results(within_window(state["messages"], window))
        messages = [system_prompt(now), *sent]
        exchange = own_exchange(state["messages"], self._name)
        deadline = state.get("deadline")
        if deadline is None:  # a run that was taken up again, perhaps in another process
            longest = container.clock.monotonic() + container.settings.turn_timeout
            deadline = turn_end_of(config, longest)
        ids = replace(ids_of(state, config), user=owner.user_id)
        plan = container.chain.plan(deadline, ask_first=first_place_of(config))
        claim = claimed(state, owner.user_id)
        return _Request(owner, claim, ids, ModelCall(messages, attempts, plan, exchange))

    def _update(
        self, container: Dependencies, request: _Request, answer: AIMessage | None
    ) -> dict[str, Any]:
        """Return the change of the state: the answer, or the sentence that there is none.

        Args:
            container: What was wired.
            request: What was asked.
            answer: What came of it.
        """
        attempts = request.call.attempts.made
        now = container.clock.now().astimezone(request.owner.zone)
        notice, outcome = "", NO_MODEL
        if answer is None or (attempts and not by_a_model(answer)):
            notice = outage_sentence(attempts, container.chain.missing, now)
            if attempts and not attempts[-1].goes_over:
                outcome = REFUSED
        if answer is None:
            exchange = request.call.exchange or ()
            message = failure(with_changes(notice, exchange, self._writing), self._name, outcome)
        else:
            message = above_cut(under_notice(storable_answer(answer), notice))
        metadata = message.response_metadata | {
            ATTEMPTS: [attempt.report() for attempt in attempts]
        }
        if answer is None and attempts and attempts[-1].kind == FailureKind.BLOCKED:
            metadata[BLOCKED] = True
        if declined := [attempt.model for attempt in attempts if attempt.declined_prompt]:
            metadata[DECLINED_BY] = declined
        if by_a_model(answer):
            metadata[FAILOVER] = failover_sentence(attempts, now)
        named = {"name": self._name, "response_metadata": metadata}
        message = message.model_copy(update=named)
        return {**request.claim, "messages": [message], "deadline": request.call.plan.deadline}
