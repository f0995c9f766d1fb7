"""Tell of a question to the chain: the log, who streams, the ledger, and who is on duty."""

from functools import partial

from langchain_core.messages import AIMessage
from langgraph.types import StreamWriter

from ..llm import OFFLINE, PROVIDER, Attempt, Trail, narration
from ..telemetry import CallRecord, TurnIds
from .dependencies import Dependencies


def trail_for(user_id: str, writer: StreamWriter) -> Trail:
    """Return a trail whose attempts are told to the log and to who streams."""
    return Trail(
        partial(_tell, user_id, writer),
        partial(_tell_waiting, writer),
        partial(_tell_asking, writer),
    )


def by_a_model(answer: AIMessage | None) -> bool:
    """Say whether a language model gave this answer; the offline responder is none."""
    return answer is not None and answer.response_metadata.get(PROVIDER) != OFFLINE


def note(container: Dependencies, ids: TurnIds, trail: Trail, answer: AIMessage | None) -> None:
    """Note every attempt of a question in the ledger; raise the alarm if all have failed."""
    attempts = trail.attempts
    ended = [one for one in attempts if one.outcome in ("failed", "skipped")]
    nobody_left = bool(ended) and ended[-1].goes_over and ended[-1].following is None
    exhausted = nobody_left and not by_a_model(answer)
    records = [_record(container, ids, attempt) for attempt in attempts]
    if exhausted:
        records[-1] = records[-1].last_hope()
        container.alerts.send(narration.all_failed(ids.user, attempts))
    container.note(records)


def _record(container: Dependencies, ids: TurnIds, attempt: Attempt) -> CallRecord:
    return CallRecord(
        at=attempt.at or container.clock.now(),
        user_id=ids.user,
        thread=ids.thread,
        turn=ids.turn,
        provider=attempt.provider,
        model=attempt.model,
        position=attempt.position,
        outcome=attempt.outcome.value,
        kind=attempt.failure.kind.value if attempt.failure else None,
        first_token_ms=attempt.first_token_ms,
        total_ms=attempt.duration_ms,
        tokens=attempt.tokens,
        following=attempt.following,
    )


def _tell(user_id: str, writer: StreamWriter, attempt: Attempt) -> None:
    """Tell the log of an attempt, and whoever streams of a failover, before new tokens come."""
    narration.note_attempt(user_id, attempt)
    if attempt.failure is not None and (attempt.following or attempt.outcome == "retried"):
        writer(
            {
                "type": "failover",
                "from": attempt.provider,
                "to": attempt.following or attempt.provider,
                "kind": attempt.failure.kind.value,
                "message_id": attempt.message_id,
            }
        )


def _tell_waiting(writer: StreamWriter, attempt: Attempt) -> None:
    """Tell that the turn waits for a model, and how many seconds."""
    narration.note_waiting(attempt)
    writer({"type": "waiting", "for": attempt.provider, "seconds": attempt.wait})


def _tell_asking(writer: StreamWriter, provider: str, model: str) -> None:
    """Tell which model is being asked."""
    writer({"type": "asking", "provider": provider, "model": model})
