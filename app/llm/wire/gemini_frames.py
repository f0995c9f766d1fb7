"""Read the frames of Gemini's streams."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Any

from .frame_values import (
    arguments_of,
    counts_in,
    error_in,
    first_of,
    is_part,
    is_type,
    kept,
    objects_in,
    text_of,
)
from .frames import CallPiece, TextSlot

_REJECTED = ("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL")
"""Finish reasons of an answer that ended on a call which Gemini couldn't read."""

_BEFORE_CALL = re.compile(r"\A\s*(?:malformed function|unexpected tool) call:\s*", re.IGNORECASE)
"""What Gemini puts before the words of such a call."""

_COUNTS = (
    *("promptTokenCount", "candidatesTokenCount", "totalTokenCount"),
    *("cachedContentTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount"),
)
_REASONS = frozenset({"STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "LANGUAGE", "OTHER"})
"""Finish reasons that every version of the client knows; at others it prints a warning."""


class GeminiFrames:
    """Gemini's `streamGenerateContent`."""

    one_a_line = False
    named = False
    ends_once = False
    constant = "modelVersion"
    usage = "usageMetadata"

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
            if candidate.get("finishReason") in _REJECTED:
                return _BEFORE_CALL.sub("", text_of(candidate.get("finishMessage")))
        return ""

    def prompt_block(self, frame: dict[str, Any]) -> str:
        """Return `promptFeedback.blockReason`, or its message where there is no reason."""
        feedback = frame.get("promptFeedback")
        if not isinstance(feedback, dict):
            return ""
        return text_of(feedback.get("blockReason")) or text_of(feedback.get("blockReasonMessage"))

    def plain(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Keep the first candidate alone, since the client takes whatever stands first.

        Of its parts text and calls are kept: thoughts, code and pictures are no answer here.
        """
        passed = kept(frame, modelVersion=str, responseId=str)
        if isinstance(candidates := frame.get("candidates"), list):
            passed["candidates"] = [_candidate(one) for one in first_of(candidates)]
        if error := error_in(frame.get("error")):
            passed["error"] = error
        if counts := self.counts(frame.get("usageMetadata")):
            passed["usageMetadata"] = counts
        return passed

    def counts(self, usage: object) -> dict[str, Any]:
        """Return the counts, cached and thought ones with them."""
        return counts_in(usage, *_COUNTS)

    def usual_text(self, frame: dict[str, Any]) -> TextSlot | None:
        """Return `candidates[0].content.parts[0].text`."""
        try:
            (candidate,) = frame["candidates"]
            (part,) = candidate["content"]["parts"]
            return TextSlot(part, "text") if type(part["text"]) is str else None
        except (KeyError, TypeError, ValueError):
            return None

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
        yield from first_of(frame.get("candidates") or [])


def _candidate(candidate: dict[str, Any]) -> dict[str, Any]:
    passed: dict[str, Any] = {"index": 0}
    if isinstance(content := candidate.get("content"), dict):
        parts = [_part(part) for part in objects_in(content.get("parts"))]
        passed["content"] = {"role": "model", "parts": [part for part in parts if part]}
    if reason := text_of(candidate.get("finishReason")):
        passed["finishReason"] = reason if reason in _REASONS else "OTHER"
    return passed


def _part(part: dict[str, Any]) -> dict[str, Any]:
    passed = kept(part, text=str)
    if part.get("thought"):
        return {}
    if isinstance(call := part.get("functionCall"), dict):
        passed["functionCall"] = {"name": "", **kept(call, name=str, args=dict, id=str)}
    if passed and (signature := _signature(part.get("thoughtSignature"))):
        passed["thoughtSignature"] = signature
    return passed


def _signature(mark: object) -> str:
    """Return a signature if it is one: base64, which the client decodes."""
    try:
        return base64.b64encode(base64.b64decode(text_of(mark), validate=True)).decode()
    except (binascii.Error, ValueError):
        return ""
