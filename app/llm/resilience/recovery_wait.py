"""At the chain's end, wait for the model that may be back soonest, if the turn has the time.

Before that, and where it hasn't, a model that was held back by our own count of its quota is
asked at once: the count may be wrong, and a 429 costs less than a wait or no answer. Only the
short wait for that very model comes first.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from ...clock import Clock
from ..attempts import Attempt
from ..call import ModelCall, Step
from ..failures.kinds import ERRORS, ModelCallError
from ..guard import Guard

_TIME_TO_ANSWER = 1.0
"""Seconds that must be left of a turn after the wait."""


class Comeback(Step):
    """A step after the last model: one more try at the one whose stated wait is shortest.

    Args:
        guards: The models, in the order of the chain.
        clock: Where the time comes from.
        needless: Says of a conversation that it needs no model, and so no wait.
    """

    def __init__(
        self,
        guards: Sequence[Guard],
        clock: Clock,
        needless: Callable[[Sequence[BaseMessage]], bool],
    ) -> None:
        self._guards = guards
        self._clock = clock
        self._needless = needless

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Ask whom we held back, or wait and ask again, or raise the last error again at once."""
        if self._needless(input.messages):
            return _raise_again(input)
        held_back = next(filter(_by_our_count, _latest(input)), None)
        if held_back is not None and self._soonest(input) is not held_back:
            try:
                return await self._guards[held_back.position].ainvoke(input, config, last=True)
            except ModelCallError:
                if not input.trail.attempts[-1].goes_over:
                    raise
        soonest = self._soonest(input)
        if soonest is None:
            return _raise_again(input)
        input.trail.wait_for(soonest)
        await self._clock.sleep(_seconds(soonest))
        return await self._guards[soonest.position].ainvoke(input, config, last=True)

    def _soonest(self, call: ModelCall) -> Attempt | None:
        """Return how the model failed whose wait is shortest; None if the turn lacks the time."""
        waiting = filter(_may_come_back, _latest(call))
        soonest = min(waiting, key=_seconds, default=None)
        time_left = call.deadline - self._clock.monotonic()
        if soonest is None or _seconds(soonest) + _TIME_TO_ANSWER > time_left:
            return None
        return soonest


def _latest(call: ModelCall) -> list[Attempt]:
    """Return the last attempt at each model."""
    return list({attempt.position: attempt for attempt in call.trail.attempts}.values())


def _raise_again(call: ModelCall) -> AIMessage:
    verdict = call.trail.attempts[-1].failure
    assert verdict is not None
    raise ERRORS[verdict.kind](verdict)


def _by_our_count(attempt: Attempt) -> bool:
    return attempt.failure is not None and attempt.failure.estimate


def _may_come_back(attempt: Attempt) -> bool:
    failure = attempt.failure
    return failure is not None and failure.waiting_helps and attempt.wait is not None


def _seconds(attempt: Attempt) -> float:
    return attempt.wait or 0.0
