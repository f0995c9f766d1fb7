"""Read the frames of chat completions, which Groq, OpenAI and many others speak."""

from collections.abc import Iterator, Sequence
from typing import Any

from .frame_values import (
    arguments_of,
    counts_in,
    error_in,
    first_of,
    index_of,
    is_call,
    is_type,
    kept,
    objects_in,
    text_of,
)
from .frames import CallPiece, TextSlot

_COUNTS = (
    *("prompt_tokens", "completion_tokens", "total_tokens"),
    *("prompt_tokens_details.cached_tokens", "completion_tokens_details.reasoning_tokens"),
)


class ChatCompletionFrames:
    """Chat completions of the OpenAI API, which Groq and many others speak."""

    one_a_line = False
    named = False
    ends_once = True
    constant = ""
    usage = ""

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at choices, their deltas, text and calls."""
        if not is_type(frame.get("choices"), list):
            return True
        for choice in frame.get("choices") or ():
            if not isinstance(choice, dict) or not is_type(choice.get("delta"), dict):
                return True
            delta = choice.get("delta") or {}
            calls = delta.get("tool_calls")
            if not is_type(delta.get("content"), str, list) or not is_type(calls, list):
                return True
            if not all(is_call(call) for call in calls or ()):
                return True
        return False

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield `choices[0].delta.content`."""
        for delta in self._deltas(frame):
            if isinstance(delta.get("content"), str):
                yield TextSlot(delta, "content")

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield `choices[0].delta.tool_calls`, and the older `function_call`."""
        for delta in self._deltas(frame):
            for call in objects_in(delta.get("tool_calls")):
                function = call.get("function")
                function = function if isinstance(function, dict) else {}
                yield CallPiece(
                    index_of(call.get("index")),
                    text_of(function.get("name")),
                    arguments_of(function.get("arguments")),
                    text_of(call.get("id")),
                )
            if isinstance(older := delta.get("function_call"), dict):
                name, arguments = text_of(older.get("name")), arguments_of(older.get("arguments"))
                yield CallPiece(None, name, arguments)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `choices[0].finish_reason`; a refusal in words of its own is one too."""
        for choice in self._choices(frame):
            if reason := text_of(choice.get("finish_reason")):
                yield reason
        for delta in self._deltas(frame):
            if text_of(delta.get("refusal")):
                yield "refusal"

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`, or Groq's `x_groq.error`, which says that a stream stopped early."""
        groq = frame.get("x_groq")
        own = groq.get("error") if isinstance(groq, dict) else None
        return error_in(frame.get("error")) or error_in(own)

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return nothing: an error tells it."""
        return ""

    def prompt_block(self, frame: dict[str, Any]) -> str:
        """Return nothing: an error or a finish reason tells it."""
        return ""

    def plain(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Keep the first choice alone, since clients take whatever stands first.

        There may be none; its delta may be null, or a whole `message`; the role is the
        assistant's; text may be a list of parts, thoughts among them.
        """
        passed = kept(frame, id=str, object=str, created=int, model=str)
        passed |= kept(frame, system_fingerprint=str, service_tier=str)
        passed["choices"] = [_choice(one) for one in first_of(frame.get("choices") or [])]
        if error := error_in(frame.get("error")):
            passed["error"] = error
        if groq := _x_groq(frame.get("x_groq")):
            passed["x_groq"] = groq
        if counts := self.counts(frame.get("usage")):
            passed["usage"] = counts
        return passed

    def counts(self, usage: object) -> dict[str, Any]:
        """Return the counts, cached and thought ones with them."""
        return counts_in(usage, *_COUNTS)

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Return `choices[0].delta.content`."""
        try:
            (choice,) = frame["choices"]
            delta = choice["delta"]
            return TextSlot(delta, "content") if type(delta["content"]) is str else None
        except (KeyError, TypeError, ValueError):
            return None

    def say(self, frame: dict[str, Any], text: str) -> dict[str, Any] | None:
        """Add text to the first choice.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """
        for delta in self._deltas(frame):
            delta["content"] = text_of(delta.get("content")) + text
            break
        return None

    def put_calls(self, frame: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        """Put whole calls in the place of pieces, which clients join and close as they like.

        Args:
            frame: The frame, which is changed.
            calls: The calls.
        """
        for delta in self._deltas(frame):
            delta.pop("function_call", None)
            delta.pop("tool_calls", None)
            if calls:
                delta["tool_calls"] = list(calls)
                calls = ()

    def _deltas(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from map(_delta, self._choices(frame))

    def _choices(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from first_of(frame.get("choices") or [])


def _delta(choice: dict[str, Any]) -> dict[str, Any]:
    """Return what a choice adds, or the whole message that some servers send in its place."""
    found = (choice.get(name) for name in ("delta", "message"))
    return next((one for one in found if isinstance(one, dict)), {})


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    delta = _delta(choice)
    passed = kept(delta, content=str, tool_calls=list, function_call=dict, refusal=str)
    if "role" in delta:
        passed["role"] = "assistant"
    if isinstance(parts := delta.get("content"), list):
        said = (part for part in objects_in(parts) if part.get("type", "text") == "text")
        passed["content"] = "".join(text_of(part.get("text")) for part in said)
    finish = text_of(choice.get("finish_reason")) or None
    return {"index": 0, "delta": passed, "finish_reason": finish}


def _x_groq(value: object) -> dict[str, Any]:
    """Return Groq's own: an error, and the counts of the last frame."""
    if not isinstance(value, dict):
        return {}
    passed = kept(value, id=str)
    if error := error_in(value.get("error")):
        passed["error"] = error
    if counts := counts_in(value.get("usage"), *_COUNTS):
        passed["usage"] = counts
    return passed
