"""Judge an answer that arrived without an exception: HTTP 200 can be a failure too."""

import re
from dataclasses import replace
from datetime import datetime

from langchain_core.messages import AIMessage

from ...settings import FailureKind
from ..wire import WireRecord, without_unopened_thoughts
from .classification import verdict_on
from .error_body import ErrorBody
from .verdict import Verdict

CUT_SHORT = "(This answer was cut off: it reached its limit of length. Ask for the rest.)"
"""The line after an answer that ended at the limit of the model or of `MAX_OUTPUT_TOKENS`."""

_GOOD = frozenset(
    {
        *("STOP", "TOOL_CALLS", "FUNCTION_CALL", "END_TURN", "TOOL_USE", "STOP_SEQUENCE"),
        *("EOS", "EOS_TOKEN"),
    }
)
_CUT = frozenset(
    {"MAX_TOKENS", "LENGTH", "MODEL_CONTEXT_WINDOW_EXCEEDED", "MODEL_LENGTH", "MAX_OUTPUT_TOKENS"}
)
_SAFETY = frozenset(
    {
        "SAFETY",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "CONTENT_FILTER",
        "REFUSAL",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
    }
)
_OTHER_BLOCKS = {
    "RECITATION": "stopped, as its answer repeated a source word for word",
    "IMAGE_RECITATION": "stopped, as its answer repeated a source word for word",
    "LANGUAGE": "doesn't answer in this language",
}
"""What a person reads of a block that is none for safety."""
_VOID = re.compile(r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")
"""What shows nothing on a screen."""

_NO_REASON = re.compile(r"(OTHER|IMAGE_OTHER|BLOCK(ED)?_REASON_UNSPECIFIED)+")
"""Reasons of a blocked prompt that name none; LangChain joins those of several frames."""


def finish_reason(answer: AIMessage) -> str:
    """Return why the model stopped, in capitals; empty where no reason came.

    Gemini's `FinishReason`; `finish_reason` of the OpenAI API, which Groq uses;
    `stop_reason` of the Anthropic API; `done_reason` of Ollama.
    """
    names = ("finish_reason", "stop_reason", "done_reason")
    found = (answer.response_metadata.get(name) for name in names)
    return next((str(reason).upper() for reason in found if reason), "")


def worst_reason(answer: AIMessage, record: WireRecord) -> str:
    """Return the finish reason that counts, in capitals; empty where no reason came.

    Each frame's reason is judged by itself, since clients join them: a refusal counts more than
    a reason that nobody knows, that more than a cut, and a cut more than a good end.

    Args:
        answer: The answer as the client merged it.
        record: What came over the wire.
    """
    reasons = [reason.upper() for reason in record.finish_reasons] or [finish_reason(answer)]
    return max(reasons, key=_badness)


def is_cut(answer: AIMessage, record: WireRecord) -> bool:
    """Say whether an answer ended at a limit, in the middle of what it says to the person.

    Args:
        answer: The answer as the client merged it.
        record: What came over the wire.
    """
    return not answer.tool_calls and worst_reason(answer, record) in _CUT


def error_inside(record: WireRecord, now: datetime) -> Verdict | None:
    """Return the verdict on an error that a provider told inside an answer; None without one.

    Args:
        record: What came over the wire.
        now: The instant, for waits that are stated as a point in time.
    """
    if not record.errors:
        return None
    body = ErrorBody.of(record.errors[0], record.headers)
    return verdict_on(body, "an error inside a good answer", now)


def judge(
    answer: AIMessage, record: WireRecord, now: datetime, *, may_be_empty: bool = False
) -> Verdict | None:
    """Return why an answer can't be used, or None when it can.

    A text that was cut off at the output limit is used as far as it goes; a tool call never.

    Args:
        answer: The answer as the client merged it.
        record: What came over the wire; empty where the client's connection isn't ours.
        now: The instant, for waits that are stated as a point in time.
        may_be_empty: Whether an answer without a word is one, since the first of them may have
            been where it had to stop.
    """
    if told := error_inside(record, now):
        return told
    reason = worst_reason(answer, record)
    if blocked := _blocked(answer, record, reason):
        return blocked
    if fault := _fault(answer, record, reason):
        kind, rejected = FailureKind.MALFORMED_RESPONSE, record.rejected_call
        return Verdict(kind, detail=fault, generation=rejected)
    if record.call_as_text and not answer.tool_calls:
        return Verdict(
            FailureKind.TOOL_USE_FAILED,
            detail="a tool call came as text",
            generation=record.call_as_text,
        )
    void = not _VOID.sub("", without_unopened_thoughts(answer.text))
    if not answer.tool_calls and void and not (may_be_empty and reason in _GOOD):
        return Verdict(
            FailureKind.MALFORMED_RESPONSE, detail=f"an empty answer, finish reason {reason}"
        )
    return None


def _blocked(answer: AIMessage, record: WireRecord, reason: str) -> Verdict | None:
    if why := record.prompt_block or _block_of(answer):
        if _NO_REASON.fullmatch(why):
            words = "declined without a reason"
            return replace(_other_block(why, words), of_prompt=True)
        return Verdict(FailureKind.BLOCKED, detail=why)
    if reason in _OTHER_BLOCKS:
        return _other_block(f"finish reason {reason}", _OTHER_BLOCKS[reason])
    if reason in _SAFETY:
        return Verdict(FailureKind.BLOCKED, detail=f"finish reason {reason}")
    return None


def _block_of(answer: AIMessage) -> str:
    """Return why a prompt was blocked as the client tells it, which has a type for reasons."""
    feedback = answer.response_metadata.get("prompt_feedback") or {}
    why = feedback.get("block_reason") or feedback.get("block_reason_message") or ""
    return str(getattr(why, "value", why))


def _other_block(detail: str, words: str) -> Verdict:
    return Verdict(FailureKind.BLOCKED, detail=detail, words=words, for_safety=False)


def _fault(answer: AIMessage, record: WireRecord, reason: str) -> str:
    if record.unreadable:
        return "an event of the stream can't be read"
    if not reason:
        return "the stream ended without a finish reason"
    if record.seen and record.said != answer.text:
        return "a piece of the answer was lost on the way"
    if reason not in _GOOD | _CUT:
        return f"finish reason {reason}"
    if answer.invalid_tool_calls or not all(call.whole for call in record.calls.values()):
        return "a tool call's arguments are not whole JSON"
    if not all(call["name"] for call in answer.tool_calls) or not all(
        call.name for call in record.calls.values()
    ):
        return "a tool call without a name"
    return ""


def _badness(reason: str) -> int:
    if reason in _SAFETY:
        return 5
    if reason in _OTHER_BLOCKS:
        return 4
    if reason in _CUT:
        return 2
    if reason in _GOOD:
        return 1
    return 3 if reason else 0
