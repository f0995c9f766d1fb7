"""Read each frame of a provider's answer, and say what its client gets in its place.

Whatever the provider's stream looks like, the client gets events of one line of ASCII JSON each,
with nothing in them that it doesn't need. Thoughts and calls at the head of an answer's text are
taken out on the way, and tool calls that come in pieces are passed on when they are whole.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from .event_stream import ServerEvent, UnreadableStreamError
from .frame_template import FrameTemplates, dumped
from .frame_values import without_halves
from .frames import Frames
from .head_filter import HeadFilter
from .record import WireRecord

_DONE = "[DONE]"
_SIGNS_OF_LIFE = frozenset({"ping", "heartbeat", "keepalive", "keep-alive"})
"""Types of events that say nothing else."""


class Rewriter:
    """Reads the frames of one answer into a record, and gives them as they may be passed on.

    Args:
        frames: Reads the frames of the provider's API.
        record: Where what came is kept.
        is_call: Says of a whole answer's text that it is a tool call and nothing else.
    """

    def __init__(self, frames: Frames, record: WireRecord, is_call: Callable[[str], bool]) -> None:
        self._frames = frames
        self._record = record
        self._is_call = is_call
        self._head = HeadFilter(calls=record.calls_in_text)
        self._half = ""
        self._passed_on = 0
        self._ended_early = False
        self._constant: tuple[Any, ...] = ()
        self._templates = FrameTemplates(frames)

    def rewritten(self, event: ServerEvent) -> Iterator[ServerEvent]:
        """Yield what the client gets for an event: as a rule its frame, at times one before it.

        Raises:
            UnreadableStreamError: It is no frame, and the answer isn't over yet.
        """
        text = event.data.strip()
        if text.startswith("data:"):  # a gateway wrote the field's name once more
            text = text[5:].lstrip()
        if text in ("", "null"):
            return
        if text == _DONE:
            yield ServerEvent(_DONE)
            return
        value = _json(text)
        if event.type in _SIGNS_OF_LIFE and not isinstance(value, dict):
            return
        quick = self._templates.filled(value, event.type, self._shown)
        if quick is not None:
            yield quick
            return
        for frame in self._frames_in(value):
            yield from self._read(frame, event.type)

    def _frames_in(self, value: Any) -> list[dict[str, Any]]:
        """Return the frames of an event: one, or a list of them.

        Where only counts can follow, what can't be read is left out: the answer is whole.
        """
        frames = value if isinstance(value, list) else [value]
        if all(isinstance(one, dict) and not self._frames.is_odd(one) for one in frames):
            return frames
        if self._frames.ends_once and self._record.finish_reasons:
            return []
        self._record.unreadable = True
        raise UnreadableStreamError("an event of the stream can't be read")

    def note_error(self, document: bytes) -> None:
        """Keep the error of an answer that is one JSON document instead of a stream."""
        body = _json(document)
        body = body[0] if isinstance(body, list) and body else body
        if isinstance(body, dict) and (error := self._frames.error(body)):
            self._record.errors.append(error)

    def _read(self, frame: dict[str, Any], kind: str) -> Iterator[ServerEvent]:
        frames, record = self._frames, self._record
        record.seen = True
        pieces, reasons = list(frames.calls(frame)), list(frames.finish_reasons(frame))
        error, block = frames.error(frame), frames.prompt_block(frame)
        if error:
            record.errors.append(error)
        record.prompt_block = record.prompt_block or block
        record.rejected_call = record.rejected_call or frames.rejected_call(frame)
        passed = frames.plain(frame)
        self._keep_constant(passed)
        slots = list(frames.texts(passed))
        over = self._ended_early or (frames.ends_once and not reasons)
        if record.finish_reasons and over:  # in what order, then?
            record.unreadable |= bool(pieces) or any(slot.text for slot in slots)
        for slot in slots:
            slot.put(self._shown(slot.text))
        for piece in pieces:
            record.add_call(piece)
        record.finish_reasons += reasons
        frames.put_calls(passed, self._whole_calls() if record.finish_reasons else ())
        if reasons and (text := self._end_of_text()) and (before := frames.say(passed, text)):
            yield ServerEvent(dumped(before), self._type_of(before, kind))
        own = self._type_of(passed, kind)
        yield ServerEvent(dumped(passed), own)
        if record.finish_reasons:
            self._templates.forget()
        elif len(slots) == 1 and not (pieces or error or block):
            self._templates.learn(frame, kind, passed, own)

    def _type_of(self, passed: dict[str, Any], kind: str) -> str:
        """Return the type of the client's event.

        Clients that go by no types drop events that have one; those that do need it, also for a
        frame of ours, and where somebody on the way lost it.
        """
        if kind == "error":
            return kind
        own = passed.get("type", kind) if self._frames.named else ""
        return own if isinstance(own, str) else kind

    def _shown(self, text: str) -> str:
        """Return what the client gets of a piece of text."""
        shown = self._head.feed(self._joined(text))
        self._record.said += shown
        return shown

    def _keep_constant(self, frame: dict[str, Any]) -> None:
        """Give a frame the first one's value of the field that has to be the same in all."""
        if name := self._frames.constant:
            self._constant = self._constant or (frame.get(name),)
            (value,) = self._constant
            if isinstance(value, str):
                frame[name] = value
            else:
                frame.pop(name, None)
        if self._frames.usage in frame:
            frame[self._frames.usage] = frame.pop(self._frames.usage)

    def _joined(self, text: str) -> str:
        """Join the halves of a character that came in two frames; a lone half waits."""
        if self._half:
            text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return without_halves(text)

    def _end_of_text(self) -> str:
        """Return the text that was held back, unless it is a call."""
        half, self._half = self._half, ""
        shown = self._head.feed(without_halves(half))
        if self._head.held:
            self._ended_early |= self._head.undecided
            text = self._head.end()
            self._head.release()
            if self._record.calls_in_text and text.strip() and self._is_call(text):
                self._record.call_as_text = text
            else:
                shown += text
        self._record.said += shown
        return shown

    def _whole_calls(self) -> list[dict[str, Any]]:
        """Return the calls that weren't passed on yet, if all that came are whole."""
        calls = [self._record.calls[n] for n in range(self._passed_on, len(self._record.calls))]
        if not all(call.whole and call.name for call in calls):
            return []
        first, self._passed_on = self._passed_on, self._passed_on + len(calls)
        return [
            {
                "index": first + number,
                "id": call.id or f"call_{uuid4().hex}",
                "type": "function",
                "function": {
                    "name": call.name,
                    "arguments": call.plain_arguments,
                },
            }
            for number, call in enumerate(calls)
        ]


def _json(text: str | bytes) -> Any:
    """Return what a text is as JSON; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
