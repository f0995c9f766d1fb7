"""Read the events of Anthropic's streams."""

from collections.abc import Iterator, Sequence
from typing import Any

from .frame_values import arguments_of, counts_in, error_in, index_of, is_type, text_of
from .frames import CallPiece, TextSlot

_COUNTS = (
    *("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"),
    *(
        "cache_creation.ephemeral_5m_input_tokens",
        "cache_creation.ephemeral_1h_input_tokens",
        "output_tokens_details.thinking_tokens",
    ),
)


class AnthropicFrames:
    """Anthropic's `messages`: events that open, fill and close content blocks."""

    one_a_line = False
    named = True
    ends_once = True
    constant = ""
    usage = ""

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at blocks and deltas."""
        return not is_type(frame.get("content_block"), dict) or not is_type(
            frame.get("delta"), dict
        )

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield the text of `text_delta`, and what a block of text begins with."""
        for name, kind in (("content_block", "text"), ("delta", "text_delta")):
            holder = frame.get(name)
            is_text = isinstance(holder, dict) and holder.get("type") == kind
            if isinstance(holder, dict) and is_text and isinstance(holder.get("text"), str):
                yield TextSlot(holder, "text")

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

    def prompt_block(self, frame: dict[str, Any]) -> str:
        """Return nothing: a stop reason tells it."""
        return ""

    def plain(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Keep of the counts those that are some."""
        passed = dict(frame)
        if frame.get("type") == "message_delta":
            passed["usage"] = {"output_tokens": 0} | self.counts(frame.get("usage"))
        if isinstance(message := frame.get("message"), dict):
            usage = {"input_tokens": 0, "output_tokens": 0} | self.counts(message.get("usage"))
            passed["message"] = message | {"usage": usage}
        return passed

    def counts(self, usage: object) -> dict[str, Any]:
        """Return the counts, cached ones with them."""
        return counts_in(usage, *_COUNTS)

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Return `delta.text`."""
        delta = frame.get("delta")
        if not isinstance(delta, dict) or type(delta.get("text")) is not str:
            return None
        return TextSlot(delta, "text")

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
