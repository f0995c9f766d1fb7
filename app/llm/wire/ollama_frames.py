"""Read the lines of Ollama's streams."""

from collections.abc import Iterator, Sequence
from typing import Any

from .frame_values import (
    arguments_of,
    counts_in,
    error_in,
    is_type,
    kept,
    object_in,
    objects_in,
    text_of,
)
from .frames import CallPiece, TextSlot


class OllamaFrames:
    """Ollama's `chat`: a JSON object a line."""

    one_a_line = True
    named = False
    ends_once = True
    constant = ""
    usage = ""

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at the message."""
        message = frame.get("message")
        if not is_type(message, dict):
            return True
        held = message or {}
        return not is_type(held.get("content"), str) or not is_type(held.get("tool_calls"), list)

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield `message.content`."""
        message = frame.get("message")
        if isinstance(message, dict) and isinstance(message.get("content"), str):
            yield TextSlot(message, "content")

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield `message.tool_calls`; each is a call of its own, its arguments an object."""
        message = frame.get("message")
        for call in objects_in(message.get("tool_calls") if isinstance(message, dict) else None):
            function = call.get("function")
            function = function if isinstance(function, dict) else {}
            arguments = function.get("arguments")
            name, text = text_of(function.get("name")), arguments_of(arguments)
            yield CallPiece(None, name, text, alone=True)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `done_reason`."""
        if reason := text_of(frame.get("done_reason")):
            yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`, which is a sentence."""
        return error_in(frame.get("error"))

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return nothing: this API tells none."""
        return ""

    def prompt_block(self, frame: dict[str, Any]) -> str:
        """Return nothing: this API tells none."""
        return ""

    def plain(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Keep the message's words and calls, and why it ended."""
        passed = kept(frame, model=str, created_at=str, done_reason=str)
        passed["message"] = {"role": "assistant", "content": ""}
        if isinstance(message := frame.get("message"), dict):
            passed["message"] |= kept(message, content=str)
            if calls := [_call(call) for call in objects_in(message.get("tool_calls"))]:
                passed["message"]["tool_calls"] = calls
        if error := frame.get("error"):
            passed["error"] = error
        return passed | {"done": frame.get("done") is True} | self.counts(frame)

    def counts(self, usage: object) -> dict[str, Any]:
        """Return the counts."""
        return counts_in(usage, "prompt_eval_count", "eval_count")

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Return nothing: each frame has its time."""
        return None

    def say(self, frame: dict[str, Any], text: str) -> dict[str, Any] | None:
        """Add text to the message.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """
        if not isinstance(frame.get("message"), dict):
            frame["message"] = {"role": "assistant"}
        message = frame["message"]
        message["content"] = text_of(message.get("content")) + text
        return None

    def put_calls(self, frame: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        """Leave calls as they are: they come whole.

        Args:
            frame: The frame.
            calls: The calls.
        """


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = call.get("function")
    function = function if isinstance(function, dict) else {}
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        arguments = object_in(arguments)
    given = arguments if isinstance(arguments, dict) else {}
    return {"function": {"name": text_of(function.get("name")), "arguments": given}}
