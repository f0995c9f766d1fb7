"""Decide how a breaker stands after each call, and whether it lets the next one through.

How long it stays open goes by what a look costs. A model that fails at once costs a person
milliseconds, so it is looked at every quarter of a minute and is back soon after its return. One
that is silent costs seconds: there the pauses grow. A wait that the provider states holds, up to
a day.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ...settings import FailureKind
from ...telemetry import BreakerStanding
from ..failures import Verdict

FAILURES_TO_OPEN = 3
REFUSALS_TO_OPEN = 10
"""In a row: of failures, and of refusals that may be the request's fault."""

LOOK = 15.0
SHORTEST = 30.0
LONGEST = 600.0
HOURLY = 3600.0
DAY = 86_400.0
"""Seconds: after a failure that comes at once; after a silence or a limit of which nothing is
stated; after the last of many silences; for what a person mends; and the most of all."""

_MOST_DOUBLINGS = 10


class BreakerState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call may go through, as one that looks whether the model is back.

    If it may not, `kind` says why, and `until` for how long.
    """

    allowed: bool
    probe: bool = False
    kind: FailureKind | None = None
    until: datetime | None = None


def breaker_state(standing: BreakerStanding, now: datetime) -> BreakerState:
    """Return the state of a breaker.

    Args:
        standing: How it stands.
        now: The instant.
    """
    if standing.open_until is None:
        return BreakerState.CLOSED
    return BreakerState.OPEN if now < standing.open_until else BreakerState.HALF_OPEN


def after_failure(
    before: BreakerStanding, verdict: Verdict, wait: float | None, now: datetime, jitter: float
) -> BreakerStanding:
    """Return how a breaker stands after a failure.

    Args:
        before: How it stood.
        verdict: What happened.
        wait: Seconds until the model may be of use again, where that is known.
        now: The instant.
        jitter: From 0 to 1, spreads the waits that nobody stated.
    """
    failures = before.failures + 1
    stated = min(DAY, max(0.0, wait or 0.0))
    openings = 0
    if verdict.sticky or verdict.needs_a_person:
        seconds = HOURLY
    elif verdict.kind in (FailureKind.RATE_LIMIT, FailureKind.QUOTA_DAILY):
        seconds = stated or SHORTEST
    elif _still_counting(before, verdict, failures):
        return replace(before, failures=failures, kind=verdict.kind.value, probe_until=None)
    elif before.open_until is not None and now < before.open_until:
        if now + timedelta(seconds=stated) <= before.open_until:  # nobody looked: it is as it was
            return replace(before, failures=failures)
        seconds, openings = stated, before.openings
    elif verdict.kind is FailureKind.TIMEOUT:
        openings = before.openings + 1
        seconds = min(SHORTEST * 2 ** min(before.openings, _MOST_DOUBLINGS), LONGEST)
        seconds = max(seconds * _spread(jitter), stated)
    else:
        seconds = max(LOOK * _spread(jitter), stated)
    return BreakerStanding(
        kind=verdict.kind.value,
        failures=failures,
        openings=openings,
        open_until=now + timedelta(seconds=seconds),
    )


def _still_counting(before: BreakerStanding, verdict: Verdict, failures: int) -> bool:
    """Say whether a failure opens nothing yet."""
    if verdict.unrecognised:
        return failures < REFUSALS_TO_OPEN
    return failures < FAILURES_TO_OPEN and before.open_until is None


def _spread(jitter: float) -> float:
    return 0.8 + 0.4 * jitter


def bounded(standing: BreakerStanding, now: datetime) -> BreakerStanding:
    """Return a breaker with no time in it that is more than a day away.

    Args:
        standing: How it stands.
        now: The instant.
    """
    latest = now + timedelta(seconds=DAY)
    return replace(
        standing,
        open_until=standing.open_until and min(standing.open_until, latest),
        probe_until=standing.probe_until and min(standing.probe_until, latest),
    )


def refused(standing: BreakerStanding, now: datetime) -> Admission:
    """Return the refusal of a call by an open breaker.

    Args:
        standing: How it stands.
        now: The instant.
    """
    kind, until = FailureKind(standing.kind), max(standing.open_until or now, now)
    return Admission(False, kind=kind, until=until)
