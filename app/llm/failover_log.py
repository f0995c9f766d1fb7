"""Tell the log of each failover, in sentences that operators grep for."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from ..telemetry import Attempt, BreakerStanding, Outcome
from .attempts import last_failures

_log = logging.getLogger("task_relay.llm")

_DETAIL_LENGTH = 300
_LONG = timedelta(hours=1) - timedelta(seconds=5)
"""An hour, less the moment that has passed since the breaker opened."""


def begin_turn(user_id: str) -> None:
    """Note that a person's message is about to be answered."""
    _log.info("Processing message for user %s with primary LLM", user_id)


def note_attempt(user_id: str, attempt: Attempt) -> None:
    """Note how one attempt ended, and whether the chain goes on.

    Args:
        user_id: Whose message is being answered.
        attempt: The attempt.
    """
    role = "Primary" if attempt.position == 0 else "Fallback"
    if attempt.outcome is Outcome.ANSWERED and attempt.position:
        _log.info("Fallback LLM succeeded (%s %s)", attempt.place, attempt.model)
    if not attempt.outcome.log:
        return
    then = "switching to fallback LLM" if attempt.following else "no further LLM is asked"
    level = logging.WARNING if attempt.outcome.gave_up else logging.INFO
    _log.log(level, attempt.outcome.log.format(role=role, error=attempt.error, then=then))
    detail = " ".join(attempt.detail.split())[:_DETAIL_LENGTH]
    if attempt.unrecognised and attempt.outcome.asked:
        where = f"{attempt.place} {attempt.model}"
        _log.error("Unrecognised refusal by %s: HTTP %s %s", where, attempt.status, detail)
    if not attempt.outcome.gave_up:
        return
    if attempt.kind is not None:
        _log.warning("%s error: %s %s", role, attempt.status or str(attempt.kind), detail)
    if attempt.following:
        _log.info("Retrying with fallback LLM for user %s", user_id)


def note_waiting(attempt: Attempt) -> None:
    """Note that the turn waits until a model may be back."""
    _log.info("Waiting %.0f s for %s to come back", attempt.wait or 0, attempt.place)


def note_asking_again(place: str) -> None:
    """Note that a model gets a second chance, since nobody else is left."""
    _log.info("Nobody is left, asking %s once more", place)


def all_failed(user_id: str, attempts: Sequence[Attempt]) -> str:
    """Note that every language model of the chain failed; return the text of an alert.

    Args:
        user_id: Whose message is being answered.
        attempts: All attempts of the call.
    """
    kinds = ", ".join(
        f"{attempt.place}: {attempt.kind}" for attempt in last_failures(attempts) if attempt.kind
    )
    _log.error("Both LLMs failed for user %s (%s)", user_id, kinds)
    return f"Task Relay: Both LLMs failed ({kinds})."


def opened_long(key: str, standing: BreakerStanding, now: datetime) -> str:
    """Note a breaker that has opened for an hour or more; return the text of an alert, or "".

    Args:
        key: The breaker's name: place, address, model (or `*` for the key), and a fingerprint.
        standing: How it stands.
        now: The instant.
    """
    if standing.open_until is None or standing.open_until - now < _LONG:
        return ""
    place, _, model, *_ = key.split(" ")
    what = f"{place} ({'every model on its key' if model == '*' else model})"
    until = f"{standing.open_until:%Y-%m-%d %H:%M} UTC"
    _log.error("No call to %s until %s (%s)", what, until, standing.kind)
    return f"Task Relay: no call to {what} until {until} ({standing.kind})."
