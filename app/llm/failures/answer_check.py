"""Judge an answer that arrived without an exception: HTTP 200 can be a failure too."""

from langchain_core.messages import AIMessage

from ...settings import FailureKind
from .verdict import Verdict

_GOOD = frozenset({"STOP", "TOOL_CALLS", "FUNCTION_CALL", "END_TURN", "TOOL_USE", "STOP_SEQUENCE"})
_CUT = frozenset({"MAX_TOKENS", "LENGTH", "MODEL_CONTEXT_WINDOW_EXCEEDED"})
_BLOCKED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "LANGUAGE",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "CONTENT_FILTER",
        "REFUSAL",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    }
)


def finish_reason(answer: AIMessage) -> str:
    """Return why the model stopped, in capitals; empty where no reason came.

    Gemini's `FinishReason`; `finish_reason` of the OpenAI API, which Groq uses;
    `stop_reason` of the Anthropic API; `done_reason` of Ollama.
    """
    names = ("finish_reason", "stop_reason", "done_reason")
    found = (answer.response_metadata.get(name) for name in names)
    return next((str(reason).upper() for reason in found if reason), "")


def judge(answer: AIMessage) -> Verdict | None:
    """Return why an answer can't be used, or None when it can.

    An answer that was cut off at the output limit is used as far as it goes.
    """
    metadata = answer.response_metadata
    feedback = metadata.get("prompt_feedback") or {}
    if feedback.get("block_reason") or feedback.get("block_reason_message"):
        return Verdict(
            FailureKind.BLOCKED, detail=str(feedback.get("block_reason") or "prompt blocked")
        )
    reason = finish_reason(answer)
    if reason in _BLOCKED:
        return Verdict(FailureKind.BLOCKED, detail=f"finish reason {reason}")
    if not reason:
        return Verdict(
            FailureKind.MALFORMED_RESPONSE, detail="the stream ended without a finish reason"
        )
    if reason not in _GOOD | _CUT:
        return Verdict(FailureKind.MALFORMED_RESPONSE, detail=f"finish reason {reason}")
    if answer.invalid_tool_calls:
        return Verdict(
            FailureKind.MALFORMED_RESPONSE, detail="a tool call's arguments are not JSON"
        )
    if not answer.tool_calls and not answer.text.strip():
        return Verdict(
            FailureKind.MALFORMED_RESPONSE, detail=f"an empty answer, finish reason {reason}"
        )
    return None
