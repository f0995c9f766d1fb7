"""Read the events of Anthropic's streams."""

from collections.abc import Iterator, Sequence
from typing import Any

from .frame_values import arguments_of, error_in, index_of, is_type, text_of
from .frames import CallPiece, TextSlot


class AnthropicFrames:
    """Anthropic's `messages`: events that open, fill and close content blocks."""

    one_a_line = False
    named = True
    ends_once = True
    constant = ""

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at blocks and deltas."""
        return not is_type(frame.get("content_block"), dict) or not is_type(
            frame.get("delta"), dict
        )

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield the text of `text_delta`."""
        delta = frame.get("delta")
        is_text = isinstance(delta, dict) and delta.get("type") == "text_delta"
        if isinstance(delta, dict) and is_text and isinstance(delta.get("text"), str):
            yield TextSlot(delta, "text")

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield `tool_use` blocks, and the pieces of their JSON."""
        block, delta = frame.get("content_block"), frame.get("delta")
        if isinstance(block, dict) and block.get("type") == "tool_use":
            index, given = index_of(frame.get("index")), block.get("input")
            text = arguments_of(given) if given else ""
            yield CallPiece(index, text_of(block.get("name")), text, text_of(block.get("id")))
        if isinstance(delta, dict) and delta.get("type") == "input_json_delta":
            text = arguments_of(delta.get("partial_json"))
            yield CallPiece(index_of(frame.get("index")), "", text)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `stop_reason` of `message_delta`."""
        delta = frame.get("delta")
        if isinstance(delta, dict) and (reason := text_of(delta.get("stop_reason"))):
            yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`."""
        return error_in(frame.get("error"))

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return nothing: this API tells none."""
        return ""

    def mend(self, frame: dict[str, Any]) -> None:
        """Leave frames as they are."""

    def say(self, frame: dict[str, Any], text: str) -> dict[str, Any] | None:
        """Return a frame of its own: one of this API holds one block's piece only.

        Args:
            frame: The frame that ends the answer.
            text: What to add.
        """
        delta = {"type": "text_delta", "text": text}
        return {"type": "content_block_delta", "index": 0, "delta": delta}

    def put_calls(self, frame: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        """Leave the pieces of calls as they are.

        Args:
            frame: The frame.
            calls: The calls.
        """
