"""Read the frames of the providers' streams: what they say, and where it stands.

A frame is the JSON object of one event (or of one line, with Ollama). It is untrusted: any field
may be missing, null or of another type.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class TextSlot:
    """Where a frame holds text for the person, so that it may be read and replaced."""

    holder: dict[str, Any]
    key: str

    @property
    def text(self) -> str:
        """Return the text."""
        return str(self.holder[self.key])

    def put(self, text: str) -> None:
        """Replace the text in the frame."""
        self.holder[self.key] = text


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A piece of a tool call: which call of the answer, and what it adds.

    `arguments` is the text of the arguments as it came; None where they came as an object, which
    was whole JSON as the frame was.
    """

    index: object
    name: str = ""
    arguments: str | None = ""


class Frames(Protocol):
    """Reads the frames of one API.

    `one_a_line` says that frames are lines of JSON and no event stream.
    """

    one_a_line: bool

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield the text for the person."""

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield the pieces of tool calls."""

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield why the model stopped, as the frame words it."""

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return the error object of a frame that tells a failure."""

    def mend(self, frame: dict[str, Any]) -> None:
        """Put right, in place, what breaks clients and means nothing."""

    def say(self, frame: dict[str, Any], text: str) -> None:
        """Add text for the person to a frame.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """


class ChatCompletionFrames:
    """Chat completions of the OpenAI API, which Groq and many others speak."""

    one_a_line = False

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield `choices[0].delta.content`."""
        for delta in self._deltas(frame):
            if isinstance(delta.get("content"), str):
                yield TextSlot(delta, "content")

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield `choices[0].delta.tool_calls`."""
        for delta in self._deltas(frame):
            for place, call in enumerate(_objects(delta.get("tool_calls"))):
                function = call.get("function")
                function = function if isinstance(function, dict) else {}
                arguments = function.get("arguments")
                whole = isinstance(arguments, dict | list)
                yield CallPiece(
                    call.get("index", place),
                    _text(function.get("name")),
                    None if whole else _text(arguments),
                )

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `choices[0].finish_reason`."""
        for choice in self._choices(frame):
            if reason := _text(choice.get("finish_reason")):
                yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`, or Groq's `x_groq.error`, which says that a stream stopped early."""
        groq = frame.get("x_groq")
        own = groq.get("error") if isinstance(groq, dict) else None
        return _error(frame.get("error")) or _error(own)

    def mend(self, frame: dict[str, Any]) -> None:
        """Turn `delta: null` into an empty one; clients read fields of it."""
        for choice in self._choices(frame):
            if choice.get("delta", 0) is None:
                choice["delta"] = {}

    def say(self, frame: dict[str, Any], text: str) -> None:
        """Add text to the first choice.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """
        for delta in self._deltas(frame):
            delta["content"] = _text(delta.get("content")) + text
            return

    def _deltas(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for choice in self._choices(frame):
            if isinstance(choice.get("delta"), dict):
                yield choice["delta"]

    def _choices(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from (one for one in _objects(frame.get("choices")) if not one.get("index"))


class GeminiFrames:
    """Gemini's `streamGenerateContent`."""

    one_a_line = False

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield the text of the first candidate's parts; thoughts are no text for the person."""
        for part in self._parts(frame):
            if isinstance(part.get("text"), str) and not part.get("thought"):
                yield TextSlot(part, "text")

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield `functionCall` parts; each is a call of its own."""
        for part in self._parts(frame):
            call = part.get("functionCall")
            if isinstance(call, dict):
                yield CallPiece(object(), _text(call.get("name")), None)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `candidates[0].finishReason`."""
        for candidate in self._candidates(frame):
            if reason := _text(candidate.get("finishReason")):
                yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`."""
        return _error(frame.get("error"))

    def mend(self, frame: dict[str, Any]) -> None:
        """Leave frames as they are."""

    def say(self, frame: dict[str, Any], text: str) -> None:
        """Add a part to the first candidate.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """
        for candidate in self._candidates(frame):
            content = candidate.get("content")
            if not isinstance(content, dict):
                content = candidate["content"] = {"role": "model"}
            if not isinstance(content.get("parts"), list):
                content["parts"] = []
            content["parts"].append({"text": text})
            return

    def _parts(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for candidate in self._candidates(frame):
            content = candidate.get("content")
            yield from _objects(content.get("parts") if isinstance(content, dict) else None)

    def _candidates(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from (one for one in _objects(frame.get("candidates")) if not one.get("index"))


class AnthropicFrames:
    """Anthropic's `messages`: events that open, fill and close content blocks."""

    one_a_line = False

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
            yield CallPiece(frame.get("index"), _text(block.get("name")))
        if isinstance(delta, dict) and delta.get("type") == "input_json_delta":
            yield CallPiece(frame.get("index"), "", _text(delta.get("partial_json")))

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `stop_reason` of `message_delta`."""
        delta = frame.get("delta")
        if isinstance(delta, dict) and (reason := _text(delta.get("stop_reason"))):
            yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`."""
        return _error(frame.get("error"))

    def mend(self, frame: dict[str, Any]) -> None:
        """Leave frames as they are."""

    def say(self, frame: dict[str, Any], text: str) -> None:
        """Add nothing: a frame of this API holds one block's piece only.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """


class OllamaFrames:
    """Ollama's `chat`: a JSON object a line."""

    one_a_line = True

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield `message.content`."""
        message = frame.get("message")
        if isinstance(message, dict) and isinstance(message.get("content"), str):
            yield TextSlot(message, "content")

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield `message.tool_calls`; each is a call of its own, its arguments an object."""
        message = frame.get("message")
        for call in _objects(message.get("tool_calls") if isinstance(message, dict) else None):
            function = call.get("function")
            function = function if isinstance(function, dict) else {}
            arguments = function.get("arguments")
            text = arguments if isinstance(arguments, str) else None
            yield CallPiece(object(), _text(function.get("name")), text)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `done_reason`."""
        if reason := _text(frame.get("done_reason")):
            yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`, which is a sentence."""
        return _error(frame.get("error"))

    def mend(self, frame: dict[str, Any]) -> None:
        """Leave frames as they are."""

    def say(self, frame: dict[str, Any], text: str) -> None:
        """Add text to the message.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """
        message = frame.get("message")
        if isinstance(message, dict):
            message["content"] = _text(message.get("content")) + text


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _error(value: object) -> dict[str, Any] | None:
    if isinstance(value, dict) and value:
        return value
    return {"message": value} if isinstance(value, str) and value else None
