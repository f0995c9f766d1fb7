"""Time one attempt at one place, and describe how it ended."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.messages import BaseMessage

from ..clock import Clock
from ..settings import FailureKind
from ..telemetry import Attempt, Outcome, redact
from .failures import ERRORS, Verdict
from .plan import Plan
from .providers import Place
from .stream import StreamResult

_LONG_ENOUGH = 6
"""Characters from which on a message may tell something, and is no word of the provider's."""


class RunningAttempt:
    """An attempt that has begun.

    Args:
        place: Who is asked.
        plan: Of the call that it belongs to.
        failover_on: The kinds of failure that go over to the next model.
        clock: Where the time comes from.
    """

    __slots__ = ("_clock", "_failover_on", "_place", "_plan", "at", "began")

    def __init__(
        self, place: Place, plan: Plan, failover_on: frozenset[FailureKind], clock: Clock
    ) -> None:
        self._place = place
        self._plan = plan
        self._failover_on = failover_on
        self._clock = clock
        self.at = clock.now()
        self.began = clock.monotonic()

    def ended(
        self,
        outcome: Outcome,
        verdict: Verdict | None = None,
        result: StreamResult | None = None,
        *,
        is_last: bool = False,
    ) -> Attempt:
        """Return the attempt, which ends now.

        Args:
            outcome: How it ended.
            verdict: What went wrong, if something did.
            result: What came of the stream, if one was read.
            is_last: Whether no other may follow, whatever went wrong.
        """
        place, now = self._place, self._clock.now()
        goes_over = verdict is not None and verdict.goes_over(self._failover_on) and not is_last
        first = result.first_token if result else None
        return Attempt(
            at=self.at,
            place=place.name,
            model=place.model,
            label=place.label,
            position=self._plan.position(place.name),
            outcome=outcome,
            kind=verdict.kind if verdict else None,
            duration_ms=round((self._clock.monotonic() - self.began) * 1000),
            first_token_ms=None if first is None else round(first * 1000),
            tokens=result.tokens if result else None,
            following=self._plan.following(place.name) if goes_over and outcome.gave_up else None,
            message_id=result.message_id if result else None,
            error=ERRORS[verdict.kind].__name__ if verdict else None,
            status=verdict.status if verdict else None,
            detail=verdict.detail if verdict else "",
            wait=place.wait(verdict, now) if verdict else None,
            waiting_helps=verdict is not None and verdict.waiting_helps,
            no_quota=verdict is not None and verdict.sticky,
            mend=_for(place, verdict.mend) if verdict else "",
            estimated=verdict is not None and verdict.estimate,
            goes_over=goes_over,
            words=_for(place, verdict.words) if verdict else "",
            unrecognised=verdict is not None and verdict.unrecognised,
            declined_prompt=verdict is not None and verdict.of_prompt,
        )


def _for(place: Place, words: str) -> str:
    """Return words with a place's name in them, as its settings begin with it."""
    return words.replace("{PLACE}", place.name.upper())


def redacted(verdict: Verdict, place: Place, conversation: Sequence[BaseMessage]) -> Verdict:
    """Take out of a verdict what providers echo: keys, ids, and what was said.

    The client's own exception is let go for the same end.

    Args:
        verdict: What went wrong.
        place: Whose key may be echoed.
        conversation: What may be echoed.
    """
    detail = verdict.detail
    for text in {str(message.text).strip() for message in conversation}:
        if len(text) >= _LONG_ENOUGH:
            detail = detail.replace(text, "[message]")
    return replace(verdict, detail=redact(detail, place.secrets))
