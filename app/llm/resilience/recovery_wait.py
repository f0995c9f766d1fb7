"""At the chain's end, give those a second chance who may answer after all, while the turn lasts.

A fault that passes gets one more try after about half a second, and a model that says when it is
back one after that wait; who is soonest comes first, and who was silent last, because asking it
costs the turn's time. Nobody waits here while another model is left.

Before that a model that was held back by our own count of its quota is asked at once: the count
may be wrong, and a 429 costs less than a wait or no answer. Only the short wait for that very
model comes first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import random
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig

from ...clock import Clock
from ...settings import FailureKind
from ...telemetry import Attempt, Outcome
from ..call import ChainStep, ModelCall
from ..failures import ModelCallError, Verdict, error_of

PAUSE = 0.5
_SPREAD = 0.2
"""Seconds after which a fault that passes may have passed; and by which part of it chance makes
that less, so that many turns don't come back at once."""

_TIME_TO_ANSWER = 1.0
"""Seconds that must be left of a turn after the wait."""


@dataclass(frozen=True, slots=True)
class SecondChance:
    """One more try at a model that failed.

    Attributes:
        failure: How it failed.
        wait: Seconds to wait before.
        stated: Whether it said itself, or our breaker did, when it is back.
    """

    failure: Attempt
    wait: float
    stated: bool

    @property
    def place(self) -> str:
        """Return the place of the model."""
        return self.failure.place

    @property
    def rank(self) -> tuple[bool, float]:
        """Return what second chances are sorted by."""
        return self.failure.kind == FailureKind.TIMEOUT and not self.stated, self.wait


def passes(kind: FailureKind) -> bool:
    """Say whether a failure is one that may be over in a moment, though nobody says so."""
    return kind.row.transient or kind is FailureKind.TIMEOUT


def guessed(kind: FailureKind) -> bool:
    """Say whether a breaker that is open for a failure is so by our guess, by nobody's word."""
    return passes(kind) or kind is FailureKind.INVALID_REQUEST


def second_chance(
    failure: Attempt, time_left: float, passed: float = 0.0, pause: float = PAUSE
) -> SecondChance | None:
    """Return the try that a failed model may get at the chain's end; None where it gets none.

    Args:
        failure: How it failed at last, or why it was skipped.
        time_left: Seconds that are left of the turn.
        passed: Seconds of the wait that have passed.
        pause: Seconds to wait where nothing is stated.
    """
    if failure.kind is None:
        return None
    longest = time_left - _TIME_TO_ANSWER
    kind = FailureKind(failure.kind)
    our_pause = failure.outcome is Outcome.SKIPPED and guessed(kind)
    passing = (passes(kind) and not failure.mend) or our_pause
    if failure.waiting_helps and failure.wait is not None and not our_pause:
        wait = max(0.0, failure.wait - passed)
        if wait <= longest:
            return SecondChance(failure, wait, stated=True)
    wait = max(0.0, pause - passed)
    return SecondChance(failure, wait, stated=False) if passing and wait <= longest else None


class RecoveryWait(ChainStep):
    """A step after the last model: one more try at each that may answer by then.

    Args:
        guards: The guarded models, by the names of their places.
        clock: Where the time comes from.
        needless: Says of a conversation that it needs no model, and so no wait.
        chance: Gives a number from 0 to 1, which spreads the pauses.
    """

    def __init__(
        self,
        guards: Mapping[str, ChainStep],
        clock: Clock,
        needless: Callable[[Sequence[BaseMessage]], bool],
        chance: Callable[[], float] = random,
    ) -> None:
        self._guards = guards
        self._clock = clock
        self._needless = needless
        self._chance = chance

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Ask again who may answer by now, or raise the last error again.

        Args:
            input: What is asked, with the attempts so far.
            config: LangChain's configuration of the run.
            **kwargs: LangChain's; nothing here reads them.

        Raises:
            ModelCallError: There is still no answer.
        """
        made = input.attempts.made
        if not input.plan.models_only and self._needless(input.asked):
            raise _error_of(made[-1])
        round_ = _Round(input, self._clock, PAUSE * (1 - _SPREAD * self._chance()))
        held_back = next((one for one in input.attempts.latest() if one.estimated), None)
        if held_back is not None and not round_.begins_with(held_back):
            answer = await self._ask(input, (held_back.place,), config)
            if answer is not None:
                return answer
            round_.asked(held_back.position)
        while chances := round_.left():
            await self._pause(input, chances[0])
            answer = await self._ask(input, tuple(each.place for each in chances), config)
            if answer is not None:
                return answer
            round_.gave(chances[0])
        raise _error_of(made[-1])

    async def _pause(self, call: ModelCall, chance: SecondChance) -> None:
        """Wait, and tell those who watch: of a wait that is worth it, and who is asked again."""
        last = call.attempts.made[-1]
        if chance.stated:
            call.attempts.on_waiting(replace(chance.failure, wait=chance.wait))
        if last.following is None and (last.message_id or not chance.stated):
            call.attempts.on_asking_again(last, chance.place)
        if chance.wait > 0:
            await self._clock.sleep(chance.wait)

    async def _ask(
        self, call: ModelCall, places: tuple[str, ...], config: RunnableConfig | None
    ) -> AIMessage | None:
        """Ask the first of some places; return None where the next may cure its failure."""
        again = replace(call, plan=call.plan.asking_again(places))
        try:
            return await self._guards[places[0]].ainvoke(again, config)
        except ModelCallError:
            if not call.attempts.made[-1].goes_over:
                raise
            return None


class _Round:
    """The second chances of one call: who is left, and how many each had.

    A model gets one, where the plan says nothing else. Only who then says when it is back gets
    one more, after that wait.
    """

    def __init__(self, call: ModelCall, clock: Clock, pause: float) -> None:
        self._call = call
        self._pause = pause
        self._clock = clock
        self._now = self._began = clock.monotonic()
        self._asked_at: dict[int, float] = {}
        self._had: dict[int, list[bool]] = {}
        self._most = 1 if call.plan.retries is None else call.plan.retries

    def left(self) -> list[SecondChance]:
        """Return the chances that are left, in their order."""
        time_left = self._call.plan.deadline - self._now
        chances = []
        for failure in self._call.attempts.latest():
            passed = self._now - self._asked_at.get(failure.position, self._began)
            chance = second_chance(failure, time_left, passed, self._pause)
            if chance is not None and self._is_left(chance):
                chances.append(chance)
        return sorted(chances, key=lambda chance: chance.rank)

    def begins_with(self, failure: Attempt) -> bool:
        """Say whether the first chance is that of one failure."""
        chances = self.left()
        return bool(chances) and chances[0].failure is failure

    def asked(self, position: int) -> None:
        """Note that a place was asked just now."""
        self._now = self._asked_at[position] = self._clock.monotonic()

    def gave(self, chance: SecondChance) -> None:
        """Note that a chance was used up."""
        self._had.setdefault(chance.failure.position, []).append(chance.stated)
        self.asked(chance.failure.position)

    def _is_left(self, chance: SecondChance) -> bool:
        had = self._had.get(chance.failure.position, [])
        return len(had) < self._most or (chance.stated and len(had) == self._most and not any(had))


def _error_of(attempt: Attempt) -> ModelCallError:
    """Return the error of an attempt that failed, for the next step of the chain."""
    kind = FailureKind(str(attempt.kind))
    verdict = Verdict(kind, attempt.status, attempt.detail, retry_after=attempt.wait)
    return error_of(verdict, goes_over=attempt.goes_over)
