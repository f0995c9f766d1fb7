"""Read the frames of the providers' streams: what they say, and where it stands.

A frame is the JSON object of one event (or of one line, with Ollama). It is untrusted: any field
may be missing, null or of another type.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

_MALFORMED = "Malformed function call: "
"""What Gemini puts before the words of a call that it couldn't read."""


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

    `arguments` is the text of the arguments as it came; where they came as an object, which was
    whole JSON as the frame was, it is that object's. A call that is `alone` has no other piece.
    """

    index: int | None = None
    name: str = ""
    arguments: str = ""
    id: str = ""
    alone: bool = False


class Frames(Protocol):
    """Reads the frames of one API.

    `one_a_line` says that frames are lines of JSON and no event stream. `named` says that
    its events have types that the client goes by. `ends_once` says that no text and no call
    comes after a finish reason. `constant` names a field that has to be the same in all frames
    of an answer, or the client joins them in another order; "" where there is none.
    """

    one_a_line: bool
    named: bool
    ends_once: bool
    constant: str

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Say whether something that may hold text or a call is of another type than it should."""

    def texts(self, frame: dict[str, Any]) -> Iterator[TextSlot]:
        """Yield the text for the person."""

    def calls(self, frame: dict[str, Any]) -> Iterator[CallPiece]:
        """Yield the pieces of tool calls."""

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield why the model stopped, as the frame words it."""

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return the error object of a frame that tells a failure."""

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return a call that the provider itself found malformed, in the model's words."""

    def mend(self, frame: dict[str, Any]) -> None:
        """Put right, in place, what breaks clients and means nothing."""

    def say(self, frame: dict[str, Any], text: str) -> dict[str, Any] | None:
        """Add text for the person to a frame, or return a frame of its own that says it before.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """

    def put_calls(self, frame: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        """Put whole calls in the place of the pieces in a frame, where an API has pieces.

        Args:
            frame: The frame, which is changed.
            calls: Calls in the form of chat completions; none where they aren't whole yet.
        """


class ChatCompletionFrames:
    """Chat completions of the OpenAI API, which Groq and many others speak."""

    one_a_line = False
    named = False
    ends_once = True
    constant = ""

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at choices, their deltas, text and calls."""
        if not _is(frame.get("choices"), list):
            return True
        for choice in frame.get("choices") or ():
            if not isinstance(choice, dict) or not _is(choice.get("delta"), dict):
                return True
            delta = choice.get("delta") or {}
            calls = delta.get("tool_calls")
            if not _is(delta.get("content"), str, list) or not _is(calls, list):
                return True
            if not all(_is_call(call) for call in calls or ()):
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
            for call in _objects(delta.get("tool_calls")):
                function = call.get("function")
                function = function if isinstance(function, dict) else {}
                yield CallPiece(
                    _index(call.get("index")),
                    _text(function.get("name")),
                    _arguments(function.get("arguments")),
                    _text(call.get("id")),
                )
            if isinstance(older := delta.get("function_call"), dict):
                name, arguments = _text(older.get("name")), _arguments(older.get("arguments"))
                yield CallPiece(None, name, arguments)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `choices[0].finish_reason`; a refusal in words of its own is one too."""
        for choice in self._choices(frame):
            if reason := _text(choice.get("finish_reason")):
                yield reason
        for delta in self._deltas(frame):
            if _text(delta.get("refusal")):
                yield "refusal"

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`, or Groq's `x_groq.error`, which says that a stream stopped early."""
        groq = frame.get("x_groq")
        own = groq.get("error") if isinstance(groq, dict) else None
        return _error(frame.get("error")) or _error(own)

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return nothing: an error tells it."""
        return ""

    def mend(self, frame: dict[str, Any]) -> None:
        """Keep the first choice alone, since clients take whatever stands first.

        There may be none; its delta may be null, or a whole `message`; the role is the
        assistant's; text may be a list of parts, thoughts among them.
        """
        frame["choices"] = _first(frame.get("choices") or [])
        for choice in self._choices(frame):
            if choice.get("delta") is None:
                message = choice.get("message")
                choice["delta"] = message if isinstance(message, dict) else {}
        for delta in self._deltas(frame):
            if "role" in delta:
                delta["role"] = "assistant"
            if isinstance(parts := delta.get("content"), list):
                said = (part for part in _objects(parts) if part.get("type", "text") == "text")
                delta["content"] = "".join(_text(part.get("text")) for part in said)

    def say(self, frame: dict[str, Any], text: str) -> dict[str, Any] | None:
        """Add text to the first choice.

        Args:
            frame: The frame, which is changed.
            text: What to add.
        """
        for delta in self._deltas(frame):
            delta["content"] = _text(delta.get("content")) + text
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
        for choice in self._choices(frame):
            if isinstance(choice.get("delta"), dict):
                yield choice["delta"]

    def _choices(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from _objects(frame.get("choices"))


class GeminiFrames:
    """Gemini's `streamGenerateContent`."""

    one_a_line = False
    named = False
    ends_once = False
    constant = "modelVersion"

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at candidates, their parts, text and calls."""
        if not _is(frame.get("candidates"), list):
            return True
        for candidate in frame.get("candidates") or ():
            if not isinstance(candidate, dict) or not _is(candidate.get("content"), dict):
                return True
            parts = (candidate.get("content") or {}).get("parts")
            if not _is(parts, list) or not all(_is_part(part) for part in parts or ()):
                return True
        return False

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
                more = call.get("partialArgs") or call.get("willContinue")
                text = "{" if more else _arguments(call.get("args"))
                yield CallPiece(None, _text(call.get("name")), text, alone=True)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `candidates[0].finishReason`."""
        for candidate in self._candidates(frame):
            if reason := _text(candidate.get("finishReason")):
                yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`."""
        return _error(frame.get("error"))

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return the `finishMessage` of a candidate that ended on a malformed call."""
        for candidate in self._candidates(frame):
            if candidate.get("finishReason") == "MALFORMED_FUNCTION_CALL":
                return _text(candidate.get("finishMessage")).removeprefix(_MALFORMED)
        return ""

    def mend(self, frame: dict[str, Any]) -> None:
        """Keep the first candidate alone, since the client takes whatever stands first."""
        if isinstance(candidates := frame.get("candidates"), list):
            frame["candidates"] = _first(candidates)

    def say(self, frame: dict[str, Any], text: str) -> dict[str, Any] | None:
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
            break
        return None

    def put_calls(self, frame: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        """Leave calls as they are: they come whole.

        Args:
            frame: The frame.
            calls: The calls.
        """

    def _parts(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for candidate in self._candidates(frame):
            content = candidate.get("content")
            yield from _objects(content.get("parts") if isinstance(content, dict) else None)

    def _candidates(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from _objects(frame.get("candidates"))


class AnthropicFrames:
    """Anthropic's `messages`: events that open, fill and close content blocks."""

    one_a_line = False
    named = True
    ends_once = True
    constant = ""

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at blocks and deltas."""
        return not _is(frame.get("content_block"), dict) or not _is(frame.get("delta"), dict)

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
            index, given = _index(frame.get("index")), block.get("input")
            text = _arguments(given) if given else ""
            yield CallPiece(index, _text(block.get("name")), text, _text(block.get("id")))
        if isinstance(delta, dict) and delta.get("type") == "input_json_delta":
            text = _arguments(delta.get("partial_json"))
            yield CallPiece(_index(frame.get("index")), "", text)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `stop_reason` of `message_delta`."""
        delta = frame.get("delta")
        if isinstance(delta, dict) and (reason := _text(delta.get("stop_reason"))):
            yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`."""
        return _error(frame.get("error"))

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


class OllamaFrames:
    """Ollama's `chat`: a JSON object a line."""

    one_a_line = True
    named = False
    ends_once = True
    constant = ""

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at the message."""
        message = frame.get("message")
        if not _is(message, dict):
            return True
        held = message or {}
        return not _is(held.get("content"), str) or not _is(held.get("tool_calls"), list)

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
            name, text = _text(function.get("name")), _arguments(arguments)
            yield CallPiece(None, name, text, alone=True)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `done_reason`."""
        if reason := _text(frame.get("done_reason")):
            yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`, which is a sentence."""
        return _error(frame.get("error"))

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
        message["content"] = _text(message.get("content")) + text
        return None

    def put_calls(self, frame: dict[str, Any], calls: Sequence[dict[str, Any]]) -> None:
        """Leave calls as they are: they come whole.

        Args:
            frame: The frame.
            calls: The calls.
        """


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _index(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _first(choices: list[Any]) -> list[Any]:
    """Return the first of several choices, which has index 0 or none, as a list of one."""
    return [one for one in choices if not _index(one.get("index"))][:1]


def _is(value: object, *types: type) -> bool:
    return value is None or isinstance(value, types)


def _is_call(call: object) -> bool:
    return isinstance(call, dict) and _is(call.get("function"), dict)


def _is_part(part: object) -> bool:
    if not isinstance(part, dict) or not _is(part.get("text"), str):
        return False
    call = part.get("functionCall")
    return _is(call, dict) and _is((call or {}).get("args"), dict)


def _arguments(value: object) -> str:
    """Return arguments as text; what is neither text nor an object is none that is whole."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _error(value: object) -> dict[str, Any] | None:
    if isinstance(value, dict) and value:
        return value
    return {"message": value} if isinstance(value, str) and value else None
