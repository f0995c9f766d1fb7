"""Build the model node's chain: the primary, with the other models as its fallbacks.

guard(gemini).with_fallbacks([guard(groq), ..., offline], exceptions_to_handle=(...))
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool

from ..clock import Clock
from ..errors import InputError
from ..settings import Settings
from .call import ModelCall
from .event_loops import loop_thread
from .failures.kinds import ERRORS, Kind
from .guard import Guard, Policy
from .offline import OfflineResponder, is_command
from .providers.registry import Place, installed_places
from .resilience.breaker import Breakers
from .resilience.quota_counters import QuotaBook
from .resilience.recovery_wait import Comeback
from .stream import Limits


@dataclass(frozen=True, slots=True)
class ModelChain:
    """The chain as one runnable, and what is in it.

    `places` are the language models in order, `missing` those left out for want of a key.
    `runnable` raises the first `ModelCallError` when nobody answered; it is None where
    there is no key and the offline responder is off. `led_by` are the same chain with
    another model in front, by its provider.
    """

    runnable: Runnable[ModelCall, AIMessage] | None
    led_by: Mapping[str, Runnable[ModelCall, AIMessage] | None]
    places: tuple[Place, ...]
    missing: tuple[Place, ...]
    guards: tuple[Guard, ...]

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """Return the names of the settings whose absence keeps a provider out."""
        return tuple(place.key_name for place in self.missing)

    def led(self, first: str | None) -> Runnable[ModelCall, AIMessage] | None:
        """Return the chain with this provider in front; as it is for None.

        Raises:
            InputError: The chain has no such provider.
        """
        if first is None:
            return self.runnable
        if first not in self.led_by:
            names = ", ".join(self.led_by) or "no model"
            raise InputError(f'There is no "{first}" in the model chain; it has {names}.')
        return self.led_by[first]

    async def warm(self) -> None:
        """Open every client for the running loop, so that a failover needn't wait for it."""
        await asyncio.gather(*(guard.warm() for guard in self.guards))

    def close(self) -> None:
        """Close the clients of synchronous callers; those of other loops close with them."""
        if loop_thread.started:
            loop_thread.run(self._close_here())

    async def _close_here(self) -> None:
        await asyncio.gather(*(guard.close_here() for guard in self.guards))


def build_chain(
    settings: Settings,
    tools: Sequence[BaseTool],
    breakers: Breakers,
    quotas: QuotaBook,
    clock: Clock,
) -> ModelChain:
    """Build the chain that the settings describe; clients open at the first call."""
    known = installed_places(settings)
    usable = tuple(place for place in known if place.usable)
    policy = _policy(settings)
    shared: dict[str, Any] = {
        "policy": policy,
        "breakers": breakers,
        "quotas": quotas,
        "clock": clock,
    }
    guards = tuple(Guard(place, 0, None, tools=tools, **shared) for place in usable)

    def ordered(first: Guard | None = None) -> Runnable[ModelCall, AIMessage] | None:
        order = sorted(guards, key=lambda guard: guard is not first)
        return _one_after_another(order, settings, tools, clock)

    return ModelChain(
        runnable=ordered(),
        led_by={guard.provider: ordered(guard) for guard in guards},
        places=usable,
        missing=tuple(place for place in known if not place.usable),
        guards=guards,
    )


def _one_after_another(
    order: Sequence[Guard], settings: Settings, tools: Sequence[BaseTool], clock: Clock
) -> Runnable[ModelCall, AIMessage] | None:
    following = [guard.provider for guard in order[1:]] + [None]
    guards = [guard.at(place, following[place]) for place, guard in enumerate(order)]
    offline = settings.offline_fallback
    steps: list[Runnable[ModelCall, AIMessage]] = list(guards)
    if guards:
        steps.append(Comeback(guards, clock, needless=is_command if offline else _never))
    if offline:
        steps.append(RunnableLambda(_conversation) | OfflineResponder().bind_tools(tools))
    return _with_fallbacks(steps, settings) if steps else None


def _with_fallbacks(
    steps: Sequence[Runnable[ModelCall, AIMessage]], settings: Settings
) -> Runnable[Any, AIMessage]:
    primary, *others = steps
    curable = tuple(ERRORS[Kind(kind)] for kind in settings.failover_on)
    return primary.with_fallbacks(others, exceptions_to_handle=curable)


def _policy(settings: Settings) -> Policy:
    return Policy(
        limits=Limits(
            first_token=settings.first_token_timeout,
            stall=settings.stall_timeout,
            attempt=settings.model_timeout,
        ),
        retries=settings.retry_in_place,
        longest_pause=settings.retry_max_wait,
        failover_on=frozenset(Kind(kind) for kind in settings.failover_on),
    )


def _never(messages: Sequence[BaseMessage]) -> bool:
    return False


def _conversation(call: ModelCall) -> list[BaseMessage]:
    return list(call.messages)
