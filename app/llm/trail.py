"""Keep the trail of a model call: every attempt, in order, with how it ended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from app.llm.kinds import CURABLE, Verdict


class Outcome(StrEnum):
    """How an attempt ended."""

    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one model.

    `position` counts from 0 along the chain. `failure` and `error` (the name of the
    exception) are None for an answer. `wait` is how many seconds the model stays of no use,
    where that is known; `goes_on` says whether another language model is asked next.
    """

    provider: str
    model: str
    position: int
    outcome: Outcome
    duration_ms: int
    failure: Verdict | None = None
    error: str | None = None
    wait: float | None = None
    goes_on: bool = False

    def report(self) -> dict[str, object]:
        """Return what a reply tells of the attempt."""
        return {
            "provider": self.provider,
            "model": self.model,
            "outcome": self.outcome.value,
            "kind": self.failure.kind.value if self.failure else None,
            "duration_ms": self.duration_ms,
        }


def went_over(attempt: Attempt) -> bool:
    """Say whether an attempt failed in a way that another model may cure."""
    return attempt.failure is not None and attempt.failure.kind in CURABLE


@dataclass(slots=True)
class Trail:
    """The attempts of one model call; `watch` hears of each as it ends."""

    watch: Callable[[Attempt], None]
    attempts: list[Attempt] = field(default_factory=list)

    def add(self, attempt: Attempt) -> None:
        """Append an attempt, and tell the watcher."""
        self.attempts.append(attempt)
        self.watch(attempt)
