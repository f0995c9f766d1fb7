"""Keep the trail of a model call: every attempt, in order, with how it ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..telemetry import Tokens
from .failures.kinds import Verdict


class Outcome(StrEnum):
    """How an attempt ended."""

    ANSWERED = "answered"
    FAILED = "failed"
    RETRIED = "retried"
    REPAIRED = "repaired"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one model.

    `provider` is the place in the chain, `label` its name for a person. `position` counts
    from 0 along the chain. `failure` and `error` (the name of the exception) are None for an
    answer. `wait` is how many seconds the model stays of no use, where that is known.
    `goes_over` says whether the failure is one for another model, and `following` names the
    provider that is asked next, if any. `message_id` is the id that the attempt's tokens
    carried. `at` is when it began, `first_token_ms` how long its first token took, and `tokens`
    what the provider counted, where it said so.
    """

    provider: str
    label: str
    model: str
    position: int
    outcome: Outcome
    duration_ms: int
    failure: Verdict | None = None
    error: str | None = None
    wait: float | None = None
    goes_over: bool = False
    following: str | None = None
    message_id: str | None = None
    at: datetime | None = None
    first_token_ms: int | None = None
    tokens: Tokens | None = None

    def report(self) -> dict[str, object]:
        """Return what a reply tells of the attempt."""
        return {
            "provider": self.provider,
            "model": self.model,
            "outcome": self.outcome.value,
            "kind": self.failure.kind.value if self.failure else None,
            "duration_ms": self.duration_ms,
        }


def last_failures(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return how each model failed at last, in the order of the chain."""
    ended = (Outcome.FAILED, Outcome.SKIPPED)
    last = {attempt.position: attempt for attempt in attempts if attempt.outcome in ended}
    return [last[position] for position in sorted(last)]


@dataclass(slots=True)
class Trail:
    """The attempts of one model call.

    `watch` hears of each as it ends, `watch_waiting` of the attempt whose wait is sat out,
    `watch_asking` of the provider and the model that are being asked.
    """

    watch: Callable[[Attempt], None]
    watch_waiting: Callable[[Attempt], None] = lambda attempt: None
    watch_asking: Callable[[str, str], None] = lambda provider, model: None
    attempts: list[Attempt] = field(default_factory=list)

    def add(self, attempt: Attempt) -> None:
        """Append an attempt, and tell the watcher."""
        self.attempts.append(attempt)
        self.watch(attempt)

    def ask(self, provider: str, model: str) -> None:
        """Tell that a model is being asked now."""
        self.watch_asking(provider, model)

    def wait_for(self, attempt: Attempt) -> None:
        """Tell that the turn waits until the model of this attempt may be back."""
        self.watch_waiting(attempt)
