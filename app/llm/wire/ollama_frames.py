"""Read the lines of Ollama's streams."""

from collections.abc import Iterator, Sequence
from typing import Any

from .frame_values import arguments_of, error_in, is_type, objects_in, text_of
from .frames import CallPiece, TextSlot


class OllamaFrames:
    """Ollama's `chat`: a JSON object a line."""

    one_a_line = True
    named = False
    ends_once = True
    constant = ""

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

    def mend(self, frame: dict[str, Any]) -> None:
        """Leave frames as they are."""

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
