"""Decide whether the same model gets another try, and with what."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage, HumanMessage

from ...settings import FailureKind
from ..failures import Verdict
from ..messages import fit, tighter

_FIRST_PAUSE = 0.2
_HINT = (
    "Your tool call was rejected: {reason}. Call the tool again with arguments that fit its "
    "schema, or answer in plain text."
)


@dataclass(frozen=True, slots=True)
class Retry:
    """Another try.

    Attributes:
        conversation: What to send.
        pause: Seconds to wait before.
    """

    conversation: Sequence[BaseMessage]
    pause: float = 0.0


class Retries:
    """The further tries of one attempt at one model; each remedy is used up in its turn.

    Args:
        retries: How many quick tries a passing fault gets.
        longest_pause: Seconds before such a try at most.
    """

    def __init__(self, retries: int, longest_pause: float) -> None:
        self._retries = retries
        self._longest_pause = longest_pause
        self._passed = 0
        self._trimmed = False
        self._hinted = False

    def after(
        self, verdict: Verdict, conversation: Sequence[BaseMessage], time_left: float
    ) -> Retry | None:
        """Return the next try after a failure, or None when the next model should be asked.

        Args:
            verdict: What went wrong.
            conversation: What was sent.
            time_left: Seconds that are left of the turn.
        """
        if verdict.kind is FailureKind.CONTEXT_OVERFLOW and not self._trimmed:
            self._trimmed = True
            shorter = fit(conversation, tighter(conversation))
            return Retry(shorter) if len(shorter) < len(conversation) else None
        if verdict.kind is FailureKind.TOOL_USE_FAILED and not self._hinted:
            self._hinted = True
            hint = HumanMessage(_HINT.format(reason=verdict.detail.rstrip(".")))
            return Retry([*conversation, hint])
        pause = self._pause(verdict)
        if pause is None or self._passed >= self._retries:
            return None
        self._passed += 1
        fits = pause <= self._longest_pause and pause < time_left
        return Retry(conversation, pause) if fits else None

    def _pause(self, verdict: Verdict) -> float | None:
        if verdict.kind.row.transient and not verdict.mend:
            return verdict.retry_after or _FIRST_PAUSE * 2**self._passed
        return verdict.retry_after if verdict.waiting_helps else None
