"""Read the frames of Gemini's streams."""

from collections.abc import Iterator, Sequence
from typing import Any

from .frame_values import arguments_of, error_in, first_of, is_part, is_type, objects_in, text_of
from .frames import CallPiece, TextSlot

_MALFORMED = "Malformed function call: "
"""What Gemini puts before the words of a call that it couldn't read."""


class GeminiFrames:
    """Gemini's `streamGenerateContent`."""

    one_a_line = False
    named = False
    ends_once = False
    constant = "modelVersion"

    def is_odd(self, frame: dict[str, Any]) -> bool:
        """Look at candidates, their parts, text and calls."""
        if not is_type(frame.get("candidates"), list):
            return True
        for candidate in frame.get("candidates") or ():
            if not isinstance(candidate, dict) or not is_type(candidate.get("content"), dict):
                return True
            parts = (candidate.get("content") or {}).get("parts")
            if not is_type(parts, list) or not all(is_part(part) for part in parts or ()):
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
                text = "{" if more else arguments_of(call.get("args"))
                yield CallPiece(None, text_of(call.get("name")), text, alone=True)

    def finish_reasons(self, frame: dict[str, Any]) -> Iterator[str]:
        """Yield `candidates[0].finishReason`."""
        for candidate in self._candidates(frame):
            if reason := text_of(candidate.get("finishReason")):
                yield reason

    def error(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """Return `error`."""
        return error_in(frame.get("error"))

    def rejected_call(self, frame: dict[str, Any]) -> str:
        """Return the `finishMessage` of a candidate that ended on a malformed call."""
        for candidate in self._candidates(frame):
            if candidate.get("finishReason") == "MALFORMED_FUNCTION_CALL":
                return text_of(candidate.get("finishMessage")).removeprefix(_MALFORMED)
        return ""

    def mend(self, frame: dict[str, Any]) -> None:
        """Keep the first candidate alone, since the client takes whatever stands first."""
        if isinstance(candidates := frame.get("candidates"), list):
            frame["candidates"] = first_of(candidates)

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
            yield from objects_in(content.get("parts") if isinstance(content, dict) else None)

    def _candidates(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield from objects_in(frame.get("candidates"))
