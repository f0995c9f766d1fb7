"""Tell the log of each failover, in sentences that operators grep for."""

import logging
from collections.abc import Sequence

from app.llm.trail import Attempt, Outcome

_log = logging.getLogger("app.llm")

_DETAIL_LENGTH = 300


def begin_turn(user_id: str) -> None:
    """Note that a person's message is about to be answered."""
    _log.info("Processing message for user %s with primary LLM", user_id)


def note_attempt(user_id: str, attempt: Attempt) -> None:
    """Note how one attempt ended, and whether the chain goes on."""
    role = "Primary" if attempt.position == 0 else "Fallback"
    if attempt.outcome is Outcome.ANSWERED:
        if attempt.position:
            _log.info("Fallback LLM succeeded (%s %s)", attempt.provider, attempt.model)
        return
    then = "switching to fallback LLM" if attempt.goes_on else "no further LLM is asked"
    _log.warning("%s LLM failed (%s), %s", role, attempt.error, then)
    if attempt.failure is not None:
        status = attempt.failure.status or attempt.failure.kind.value
        detail = " ".join(attempt.failure.detail.split())[:_DETAIL_LENGTH]
        _log.warning("%s error: %s %s", role, status, detail)
    if attempt.goes_on:
        _log.info("Retrying with fallback LLM for user %s", user_id)


def all_failed(user_id: str, attempts: Sequence[Attempt]) -> None:
    """Note that every language model of the chain failed; this line is worth an alert."""
    kinds = ", ".join(
        f"{attempt.provider}: {attempt.failure.kind.value}"
        for attempt in attempts
        if attempt.failure
    )
    _log.error("Both LLMs failed for user %s (%s)", user_id, kinds)
