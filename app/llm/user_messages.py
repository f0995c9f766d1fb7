"""Say to a person that no language model could answer, why, and when to try again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..settings import FailureKind, Waiting
from ..telemetry import Attempt
from .attempts import last_failures
from .providers import Place

_DEFAULT_WAIT = 60.0
_EXACT_BELOW = 600.0


def outage_sentence(
    attempts: Sequence[Attempt], missing: Sequence[Place], local_now: datetime
) -> str:
    """Return a sentence: which models were tried, why they failed, and when to try again.

    Args:
        attempts: The failed attempts of the model call.
        missing: Places without a key, which were never asked.
        local_now: Now, in the person's zone.
    """
    failed = last_failures(attempts)
    if not failed:
        keys = " or ".join(place.key_name for place in missing)
        return f"No language model is set up: set {keys} and start again."
    why = reasons(failed)
    last = next(attempt for attempt in reversed(attempts) if attempt.outcome.gave_up)
    if not last.goes_over:
        return f"That could not be answered ({why}). {_way_out(last, local_now)}"
    return f"No language model could answer ({why}); {_advice(failed, local_now)}."


def reasons(failed: Sequence[Attempt]) -> str:
    """Return who failed, and why, in a few words each.

    Args:
        failed: The attempts.
    """
    return "; ".join(f"{_name(attempt)}: {_why(attempt)}" for attempt in failed)


def failover_sentence(attempts: Sequence[Attempt], local_now: datetime) -> str:
    """Return the quiet line that says who failed, why and until when, and who answered.

    Empty where the first model that was asked answered at once, or nobody did.

    Args:
        attempts: All attempts of the call.
        local_now: Now, in the person's zone.
    """
    failed = last_failures(attempts)
    if not failed or attempts[-1] is failed[-1]:
        return ""
    told = "; ".join(
        f"{attempt.label}: {_why(attempt)}{_until(attempt, local_now)}" for attempt in failed
    )
    return f"{told}; answered by {attempts[-1].label}"


def _until(attempt: Attempt, local_now: datetime) -> str:
    if attempt.wait is None or not attempt.waiting_helps:
        return ""
    return f" until {_moment(attempt.wait, local_now)}"


def _moment(seconds: float, local_now: datetime) -> str:
    """Return the time of day in so many seconds, with the date where it is another day."""
    then = local_now + timedelta(seconds=seconds)
    clock = f"{then:%H:%M:%S}" if seconds < _EXACT_BELOW else f"{then:%H:%M}"
    return clock if then.date() == local_now.date() else f"{clock} on {then:%Y-%m-%d}"


def _why(attempt: Attempt) -> str:
    if attempt.kind is None:
        return ""
    words = attempt.words or FailureKind(attempt.kind).row.words
    if attempt.mend:
        return f"{words}, {attempt.mend}"
    if attempt.words:
        return words
    if attempt.no_quota:
        return "no quota or credit left on its key"
    if attempt.kind == FailureKind.AUTH:
        return f"{words}, check {attempt.place.upper()}_API_KEY"
    if attempt.kind == FailureKind.PERMISSION:
        return f"{words}, see what {attempt.place.upper()}_API_KEY may do"
    if attempt.kind == FailureKind.MODEL_NOT_FOUND:
        return f"{words}, set {attempt.place.upper()}_MODEL to a living one"
    return words


def _way_out(last: Attempt, local_now: datetime) -> str:
    """Return what to do about a failure that ended the turn, though others might be left."""
    if last.kind == FailureKind.BLOCKED:
        return "Please say it another way."
    if last.kind == FailureKind.INVALID_REQUEST and not last.unrecognised:
        return "That is a fault of this program, not of your message; its log has the details."
    return f"FAILOVER_ON keeps it from the next model; {_advice([last], local_now)}."


def _advice(failed: Sequence[Attempt], local_now: datetime) -> str:
    kinds = {attempt.kind for attempt in failed}
    if kinds == {FailureKind.BLOCKED}:
        return "please say it another way"
    if kinds == {FailureKind.CONTEXT_OVERFLOW}:
        return "please say it in fewer words, or begin a new thread"
    waits = [
        attempt.wait or _DEFAULT_WAIT
        for attempt in failed
        if attempt.kind
        and not (attempt.mend or attempt.no_quota)
        and FailureKind(attempt.kind).row.waiting is not Waiting.NO_USE
    ]
    if not waits:
        return "waiting won't help, so please mend what is named here"
    return f"try again at {_moment(min(waits), local_now)}, your message is kept"


def _name(attempt: Attempt) -> str:
    return f"{attempt.label} ({attempt.model})"
