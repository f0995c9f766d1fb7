"""At the chain's end, wait for the model that may be back soonest, if the turn has the time.

Where it hasn't, a model that was held back by our own count of its quota is asked at once:
the count may be wrong, and a 429 costs less than no answer.
"""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from app.clock import Clock
from app.llm.call import ModelCall, Step
from app.llm.guard import Guard
from app.llm.kinds import ERRORS
from app.llm.trail import Attempt

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
        """Wait and ask again, or raise the last error again at once."""
        last = {attempt.position: attempt for attempt in input.trail.attempts}
        if self._needless(input.messages):
            return _raise_again(input)
        waiting = [attempt for attempt in last.values() if _may_come_back(attempt)]
        soonest = min(waiting, key=_seconds, default=None)
        time_left = input.deadline - self._clock.monotonic()
        if soonest is not None and _seconds(soonest) + _TIME_TO_ANSWER <= time_left:
            input.trail.wait_for(soonest)
            await self._clock.sleep(_seconds(soonest))
            return await self._guards[soonest.position].ainvoke(input, config, last=True)
        held_back = next((attempt for attempt in last.values() if _by_our_count(attempt)), None)
        if held_back is not None:
            return await self._guards[held_back.position].ainvoke(input, config, last=True)
        return _raise_again(input)


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
