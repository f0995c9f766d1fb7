"""At the chain's end, wait for the model that may be back soonest, if the turn has the time.

Before that, and where it hasn't, a model that was held back by our own count of its quota is
asked at once: the count may be wrong, and a 429 costs less than a wait or no answer. Only the
short wait for that very model comes first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from ...clock import Clock
from ...settings import FailureKind
from ...telemetry import Attempt
from ..call import ChainStep, ModelCall
from ..failures import ModelCallError, Verdict, error_of

_TIME_TO_ANSWER = 1.0
"""Seconds that must be left of a turn after the wait."""


class RecoveryWait(ChainStep):
    """A step after the last model: one more try at the one whose stated wait is shortest.

    Args:
        guards: The guarded models, by the names of their places.
        clock: Where the time comes from.
        needless: Says of a conversation that it needs no model, and so no wait.
    """

    def __init__(
        self,
        guards: Mapping[str, ChainStep],
        clock: Clock,
        needless: Callable[[Sequence[BaseMessage]], bool],
    ) -> None:
        self._guards = guards
        self._clock = clock
        self._needless = needless

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Ask whom we held back, or wait and ask again, or raise the last error again at once.

        Args:
            input: What is asked, with the attempts so far.
            config: LangChain's configuration of the run.
            **kwargs: LangChain's; nothing here reads them.

        Raises:
            ModelCallError: There is still no answer.
        """
        if self._needless(input.messages):
            raise _error_of(input.attempts.made[-1])
        held_back = next((one for one in input.attempts.latest() if one.estimated), None)
        if held_back is not None and self._soonest(input) is not held_back:
            try:
                return await self._ask(held_back.place, input, config)
            except ModelCallError:
                if not input.attempts.made[-1].goes_over:
                    raise
        soonest = self._soonest(input)
        if soonest is None:
            raise _error_of(input.attempts.made[-1])
        input.attempts.on_waiting(soonest)
        await self._clock.sleep(_seconds(soonest))
        return await self._ask(soonest.place, input, config)

    async def _ask(self, place: str, call: ModelCall, config: RunnableConfig | None) -> AIMessage:
        """Ask a model after which nobody is left."""
        last = replace(call, plan=call.plan.ending_with(place))
        return await self._guards[place].ainvoke(last, config)

    def _soonest(self, call: ModelCall) -> Attempt | None:
        """Return how the model failed whose wait is shortest; None if the turn lacks the time."""
        waiting = filter(_may_come_back, call.attempts.latest())
        soonest = min(waiting, key=_seconds, default=None)
        time_left = call.plan.deadline - self._clock.monotonic()
        if soonest is None or _seconds(soonest) + _TIME_TO_ANSWER > time_left:
            return None
        return soonest


def _error_of(attempt: Attempt) -> ModelCallError:
    """Return the error of an attempt that failed, for the next step of the chain."""
    kind = FailureKind(str(attempt.kind))
    verdict = Verdict(kind, attempt.status, attempt.detail, retry_after=attempt.wait)
    return error_of(verdict, goes_over=attempt.goes_over)


def _may_come_back(attempt: Attempt) -> bool:
    return attempt.waiting_helps and attempt.wait is not None


def _seconds(attempt: Attempt) -> float:
    return attempt.wait or 0.0
