"""Tell the log, whoever streams, the ledger and the webhook of the attempts of a call."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from langchain_core.messages import AIMessage
from langgraph.types import StreamWriter

from ..llm import OFFLINE, PROVIDER, Attempts, failover_log, ledger_entries
from ..telemetry import Attempt, TurnIds
from .dependencies import Dependencies


def attempts_for(user_id: str, writer: StreamWriter) -> Attempts:
    """Return the attempts of a new call, which are told to the log and to who streams.

    Args:
        user_id: Whose message is being answered.
        writer: Takes the events of a stream.
    """
    return Attempts(
        on_attempt=partial(_tell, user_id, writer),
        on_waiting=partial(_tell_waiting, writer),
        on_asking_again=partial(_tell_asking_again, writer),
        on_asking=partial(_tell_asking, writer),
    )


def by_a_model(answer: AIMessage | None) -> bool:
    """Say whether a language model gave this answer; the offline responder is none."""
    return answer is not None and answer.response_metadata.get(PROVIDER) != OFFLINE


def note(
    container: Dependencies, ids: TurnIds, attempts: Sequence[Attempt], answer: AIMessage | None
) -> None:
    """Note every attempt of a call in the ledger; raise the alarm if all models have failed.

    Args:
        container: What was wired.
        ids: Whose call it was, in which thread and turn.
        attempts: The attempts, in order.
        answer: What came of them; None where nobody answered.
    """
    entries = ledger_entries(attempts, ids, answered=by_a_model(answer))
    if entries and entries[-1].exhausted:
        container.alerts.send(failover_log.all_failed(ids.user, attempts))
    container.note(entries)


def _tell(user_id: str, writer: StreamWriter, attempt: Attempt) -> None:
    """Tell the log of an attempt, and whoever streams of a failover, before new tokens come."""
    failover_log.note_attempt(user_id, attempt)
    if event := attempt.event():
        writer(event)


def _tell_waiting(writer: StreamWriter, attempt: Attempt) -> None:
    """Tell that the turn waits for a model, and how many seconds."""
    failover_log.note_waiting(attempt)
    writer({"type": "waiting", "for": attempt.place, "seconds": attempt.wait})


def _tell_asking_again(writer: StreamWriter, failed: Attempt, place: str) -> None:
    """Tell that a place gets a second chance, and what of the last answer doesn't count."""
    failover_log.note_asking_again(place)
    if event := replace(failed, following=place).event():
        writer(event)


def _tell_asking(writer: StreamWriter, place: str, model: str) -> None:
    """Tell which model is being asked."""
    writer({"type": "asking", "provider": place, "model": model})
