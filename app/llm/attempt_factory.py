"""Put into words what came of one try at one model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from langchain_core.messages import AIMessage, BaseMessage

from ..clock import Clock
from ..telemetry import redact
from .attempts import Attempt, Outcome
from .failures.kinds import ERRORS, Kind, Verdict
from .messages.provider_shapes import PROVIDER
from .providers.registry import Place
from .stream import Heard

MODEL = "model"
"""Key in `response_metadata` of the model that gave the answer."""

_TELLING = 6
"""Characters from which on a message may tell something, and is no word of the provider's."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """The attempts at one place of the chain.

    `position` counts from 0, `following` is the place that is asked next, `failover_on` are
    the kinds that go over to it.
    """

    place: Place
    position: int
    following: str | None
    failover_on: frozenset[Kind]
    clock: Clock

    def made(
        self,
        outcome: Outcome,
        begun: "Begun",
        verdict: Verdict | None = None,
        heard: Heard | None = None,
        last: bool = False,
    ) -> Attempt:
        """Return the attempt that began then and has ended now."""
        over = verdict is not None and verdict.kind in self.failover_on
        ended = outcome in (Outcome.FAILED, Outcome.SKIPPED)
        first = heard.first_token if heard else None
        return Attempt(
            provider=self.place.name,
            label=self.place.label,
            model=self.place.model,
            position=self.position,
            outcome=outcome,
            duration_ms=round((self.clock.monotonic() - begun.monotonic) * 1000),
            failure=verdict,
            error=ERRORS[verdict.kind].__name__ if verdict else None,
            wait=self.wait(verdict) if verdict else None,
            goes_over=over,
            following=self.following if over and ended and not last else None,
            message_id=heard.message_id if heard else None,
            at=begun.at,
            first_token_ms=None if first is None else round(first * 1000),
            tokens=heard.tokens if heard else None,
        )

    def begin(self) -> "Begun":
        """Return the moment at which an attempt begins."""
        return Begun(self.clock.now(), self.clock.monotonic())

    def wait(self, verdict: Verdict) -> float | None:
        """Return the seconds until the model may be of use again, where that is known."""
        return self.place.wait(verdict, self.clock.now())

    def redacted(self, verdict: Verdict | None, said: Sequence[BaseMessage]) -> Verdict:
        """Take out what providers echo: keys, ids, and what was said.

        The client's own exception is let go for the same end.
        """
        found = verdict or Verdict(Kind.MALFORMED_RESPONSE)
        detail = found.detail
        for text in {str(message.text).strip() for message in said}:
            if len(text) >= _TELLING:
                detail = detail.replace(text, "[message]")
        return replace(found, detail=redact(detail, self.place.secrets))

    def labelled(self, answer: AIMessage) -> AIMessage:
        """Return an answer with the names of who gave it."""
        label = {PROVIDER: self.place.name, MODEL: self.place.model}
        metadata = answer.response_metadata | label
        return answer.model_copy(update={"response_metadata": metadata})


@dataclass(frozen=True, slots=True)
class Begun:
    """When an attempt began: the instant, and on the monotonic scale."""

    at: datetime
    monotonic: float
