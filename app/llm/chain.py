"""Build the model node's chain: the primary, with the other models as its fallbacks.

guard(gemini).with_fallbacks(
    [guard(groq), ..., recovery wait, offline], exceptions_to_handle=(CurableError,)
)
"""

import asyncio
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableLambda, RunnableWithFallbacks
from langchain_core.tools import BaseTool

from ..clock import Clock
from ..errors import InputError
from ..settings import FailureKind, Settings
from .call import ModelCall
from .declarations import ToolSet
from .event_loops import loop_thread
from .failures import CurableError
from .guard import Guard, Policy
from .offline import OfflineResponder, is_command
from .plan import Plan
from .providers import Place, installed_places
from .resilience import Breakers, QuotaCounters, RecoveryWait
from .stream import TimeLimits

_MOST_ORDERS = 64
"""Chains that are kept for the next call with the same order and tools."""


class ModelChain:
    """The guarded models of a process, and the chain that each plan makes of them.

    Args:
        guards: The language models, in the order in which they are asked.
        missing: The places that are left out because they have no key.
        tools: What models may call where a plan says nothing else.
        offline: Whether the offline responder comes last.
        clock: Where the time comes from.
    """

    def __init__(
        self,
        guards: Sequence[Guard],
        missing: Sequence[Place],
        tools: ToolSet,
        *,
        offline: bool,
        clock: Clock,
    ) -> None:
        self.places = tuple(guard.place for guard in guards)
        self.missing = tuple(missing)
        self.guards = {guard.place.name: guard for guard in guards}
        self._tools = tools
        self._offline = offline
        needless = is_command if offline else _never
        self._recovery = RecoveryWait(self.guards, clock, needless)
        for guard in guards:
            guard.declare(tools)
        self._runnable = lru_cache(_MOST_ORDERS)(self._one_after_another)

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """Return the names of the settings whose absence keeps a place out."""
        return tuple(place.key_name for place in self.missing)

    def plan(self, deadline: float, *, ask_first: str | None = None) -> Plan:
        """Return the plan of a call with the chain's own tools.

        Args:
            deadline: When the call must have ended, in seconds on the clock's monotonic scale.
            ask_first: The place to begin with; the chain's own order where it is None.

        Raises:
            InputError: The chain has no such place.
        """
        return Plan(self.order(ask_first), deadline, self._tools)

    def order(self, ask_first: str | None = None) -> tuple[str, ...]:
        """Return the names of the places in the order in which they are asked.

        Raises:
            InputError: The chain has no place of that name.
        """
        names = tuple(self.guards)
        if ask_first is None:
            return names
        if ask_first not in names:
            known = ", ".join(names) or "no model"
            raise InputError(f'There is no "{ask_first}" in the model chain; it has {known}.')
        return (ask_first, *(name for name in names if name != ask_first))

    def runnable(self, plan: Plan) -> Runnable[ModelCall, AIMessage] | None:
        """Return the chain of a plan; it raises the first `ModelCallError` if nobody answers.

        It is None where there is no key and the offline responder is off.
        """
        if plan.models_only or not self._offline:
            return self._runnable(plan.order, None)
        return self._runnable(plan.order, plan.tools)

    async def answer(self, call: ModelCall) -> AIMessage | None:
        """Ask the chain of a call's plan, one step after the other, as no run at all.

        It is what the chain's own `ainvoke` does, which is a run in every trace. None where there
        is nobody to ask.

        Args:
            call: What is asked.

        Raises:
            ModelCallError: Nobody answered.
        """
        chain = self.runnable(call.plan)
        if not isinstance(chain, RunnableWithFallbacks):
            return None
        first: BaseException | None = None
        for step in chain.runnables:
            try:
                answer: AIMessage = await step.ainvoke(call)
                return answer
            except chain.exceptions_to_handle as error:
                first = first or error
        raise first or RuntimeError("a chain without steps")

    async def warm(self) -> None:
        """Open every client for the running loop, so that a failover needn't wait for it."""
        await asyncio.gather(*(guard.warm(self._tools) for guard in self.guards.values()))

    def close(self) -> None:
        """Close the clients of synchronous callers; those of other loops close with them."""
        if loop_thread.started:
            loop_thread.run(self._close_here())

    async def _close_here(self) -> None:
        await asyncio.gather(*(guard.close_here() for guard in self.guards.values()))

    def _one_after_another(
        self, order: tuple[str, ...], tools: ToolSet | None
    ) -> Runnable[ModelCall, AIMessage] | None:
        """Return the chain; the offline responder comes last, with its tools, where it gets any."""
        steps: list[Runnable[ModelCall, AIMessage]] = [self.guards[name] for name in order]
        if steps:
            steps.append(self._recovery)
        if tools is not None:
            responder = OfflineResponder().bind_tools(tools.tools)
            steps.append(RunnableLambda(_conversation) | responder)
        return self._with_fallbacks(steps) if steps else None

    def _with_fallbacks(
        self, steps: Sequence[Runnable[ModelCall, AIMessage]]
    ) -> Runnable[Any, AIMessage]:
        primary, *others = steps
        return primary.with_fallbacks(others, exceptions_to_handle=(CurableError,))


def build_chain(
    settings: Settings,
    tools: Sequence[BaseTool],
    breakers: Breakers,
    quotas: QuotaCounters,
    clock: Clock,
) -> ModelChain:
    """Build the chain that the settings describe; clients open at the first call.

    Args:
        settings: Which places there are, and how patient to be.
        tools: What models may call where a plan says nothing else.
        breakers: The process's breakers.
        quotas: The process's count of what is left of the quotas.
        clock: Where the time comes from.

    Raises:
        SettingsError: The package that brings a provider's client is not installed.
    """
    places = installed_places(settings)
    policy = _policy(settings)
    guards = [
        Guard(place, policy=policy, breakers=breakers, quotas=quotas, clock=clock)
        for place in places
        if place.usable
    ]
    return ModelChain(
        guards,
        [place for place in places if not place.usable],
        ToolSet(tools, lenient=True),
        offline=settings.offline_fallback,
        clock=clock,
    )


def _policy(settings: Settings) -> Policy:
    return Policy(
        limits=TimeLimits(
            first_token=settings.first_token_timeout,
            stall=settings.stall_timeout,
            attempt=settings.model_timeout,
        ),
        retries=settings.retry_in_place,
        longest_pause=settings.retry_max_wait,
        failover_on=frozenset(FailureKind(kind) for kind in settings.failover_on),
    )


def _never(messages: Sequence[BaseMessage]) -> bool:
    return False


def _conversation(call: ModelCall) -> list[BaseMessage]:
    return list(call.asked)
