"""Stand between a provider's answer and its client: read each frame, and pass on a plain stream.

Whatever the provider's stream looks like, the client gets events of one line of ASCII JSON each.
Thoughts and calls at the head of an answer's text are taken out on the way, and tool calls
that come in pieces are passed on when they are whole.
"""

import json
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from functools import cache
from typing import Any
from uuid import uuid4

from .event_stream import LARGEST_EVENT, EventStreamParser, ServerEvent, UnreadableStreamError
from .frames import Frames
from .head_filter import HeadFilter
from .record import WireRecord, current_record

LARGEST_ANSWER = 64_000_000
"""Bytes of an answer at most, its keep-alives included."""

_LARGEST_ERROR = 1_000_000
"""Bytes of an answer that is no stream, beyond which it isn't looked into."""

_DONE = "[DONE]"
_STREAMED = re.compile(rb'"stream":\s*true')


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
        self._head = HeadFilter()
        self._half = ""
        self._passed_on = 0
        self._constant: tuple[Any, ...] = ()

    def rewritten(self, event: ServerEvent) -> Iterator[ServerEvent]:
        """Yield what the client gets for an event: as a rule its frame, at times one before it.

        Clients that go by no types drop events that have one; those that do need it, also for a
        frame of ours, and where somebody on the way lost it.

        Raises:
            UnreadableStreamError: It is no frame, and the answer isn't over yet.
        """
        text = event.data.strip()
        if text in ("", "null"):
            return
        if text == _DONE:
            yield ServerEvent(_DONE)
            return
        for frame in self._frames_in(text):
            for passed in self._read(frame):
                kind = passed.get("type", event.type) if self._frames.named else ""
                kind = kind if isinstance(kind, str) else event.type
                if event.type == "error":
                    kind = event.type
                yield ServerEvent(json.dumps(passed, separators=(",", ":")), kind)

    def _frames_in(self, text: str) -> list[dict[str, Any]]:
        """Return the frames of an event: one, or a list of them.

        Where only counts can follow, what can't be read is left out: the answer is whole.
        """
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = [None]
        frames = value if isinstance(value, list) else [value]
        if all(isinstance(one, dict) and not self._frames.is_odd(one) for one in frames):
            return frames
        if self._frames.ends_once and self._record.finish_reasons:
            return []
        self._record.unreadable = True
        raise UnreadableStreamError("an event of the stream can't be read")

    def note_error(self, document: bytes) -> None:
        """Keep the error of an answer that is one JSON document instead of a stream."""
        try:
            body = json.loads(document)
        except (ValueError, RecursionError):
            return
        body = body[0] if isinstance(body, list) and body else body
        if isinstance(body, dict) and (error := self._frames.error(body)):
            self._record.errors.append(error)

    def _read(self, frame: dict[str, Any]) -> Iterator[dict[str, Any]]:
        frames, record = self._frames, self._record
        record.seen = True
        frames.mend(frame)
        self._keep_constant(frame)
        if error := frames.error(frame):
            record.errors.append(error)
        slots, pieces = list(frames.texts(frame)), list(frames.calls(frame))
        reasons = list(frames.finish_reasons(frame))
        if record.finish_reasons and frames.ends_once and not reasons:  # in what order, then?
            record.unreadable |= bool(pieces) or any(slot.text for slot in slots)
        for slot in slots:
            slot.put(self._head.feed(self._joined(slot.text)))
        for piece in pieces:
            record.add_call(piece)
        record.finish_reasons += reasons
        record.rejected_call = record.rejected_call or frames.rejected_call(frame)
        frames.put_calls(frame, self._whole_calls() if record.finish_reasons else ())
        if reasons and (text := self._end_of_text()) and (before := frames.say(frame, text)):
            yield before
        yield frame

    def _keep_constant(self, frame: dict[str, Any]) -> None:
        """Give a frame the first one's value of the field that has to be the same in all."""
        if name := self._frames.constant:
            self._constant = self._constant or (frame.get(name),)
            (value,) = self._constant
            if isinstance(value, str):
                frame[name] = value
            else:
                frame.pop(name, None)

    def _joined(self, text: str) -> str:
        """Join the halves of a character that came in two frames; a lone half waits."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return _without_halves(text)

    def _end_of_text(self) -> str:
        """Return the text that was held back, unless it is a call."""
        half, self._half = self._half, ""
        shown = self._head.feed(_without_halves(half))
        if not self._head.held:
            return shown
        text = self._head.end()
        self._head.release()
        if text.strip() and self._is_call(text):
            self._record.call_as_text = text
            return shown
        return shown + text

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
                    "arguments": _without_halves(call.arguments).strip() or "{}",
                },
            }
            for number, call in enumerate(calls)
        ]


def _without_halves(text: str) -> str:
    """Return a text in which halves of characters are joined, and lone ones replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def response_hook(
    frames: Frames, is_call: Callable[[str], bool]
) -> Callable[[Any], Awaitable[None]]:
    """Return a hook for an httpx client, which lets each answer through a `Rewriter`.

    Args:
        frames: Reads the frames of the provider's API.
        is_call: Says of a whole answer's text that it is a tool call and nothing else.
    """

    async def hook(response: Any) -> None:
        record = current_record()
        record.status, record.headers = response.status_code, dict(response.headers)
        if not 200 <= response.status_code < 300:
            return
        read = _document
        if _asks_for_stream(response.request):
            read = _lines if frames.one_a_line else _events
        rewriter = Rewriter(frames, record, is_call)
        package = sys.modules[type(response).__module__.partition(".")[0]]  # httpx, or its fork
        received = package.Response(200, headers=response.headers, stream=response.stream)
        response.stream = _stream_class(package)(received, read(received, rewriter))
        for name in ("content-encoding", "content-length"):
            if name in response.headers:
                del response.headers[name]

    return hook


@cache
def _stream_class(package: Any) -> Callable[..., Any]:
    """Return a byte stream of httpx or of its fork, over other pieces than those received."""

    class RewrittenStream(package.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, received: Any, pieces: AsyncGenerator[bytes]) -> None:
            self._received = received
            self._pieces = pieces

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for piece in self._pieces:
                    yield piece
            finally:  # also when a limit acts, or the caller gives up
                await self._received.aclose()

        async def aclose(self) -> None:
            try:
                await self._received.aclose()
            finally:
                await self._pieces.aclose()

    return RewrittenStream


def _asks_for_stream(request: Any) -> bool:
    """Say whether a request asks for a stream; its answer is one then, whatever it calls itself."""
    return "alt=sse" in str(request.url) or bool(_STREAMED.search(request.content))


async def _bounded(received: Any) -> AsyncGenerator[bytes]:
    """Yield the bytes of an answer, up to the largest that there may be."""
    size = 0
    async for piece in received.aiter_bytes():
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise UnreadableStreamError("the stream is too large")
        yield piece


async def _events(received: Any, rewriter: Rewriter) -> AsyncGenerator[bytes]:
    """Pass on an event stream."""
    parser = EventStreamParser()
    async for piece in _bounded(received):
        for event in parser.feed(piece):
            for passed in rewriter.rewritten(event):
                yield _encoded(passed)
    for event in parser.end():
        for passed in rewriter.rewritten(event):
            yield _encoded(passed)


async def _lines(received: Any, rewriter: Rewriter) -> AsyncGenerator[bytes]:
    """Pass on JSON objects, one a line; a line ends at LF alone."""
    line: list[bytes] = []
    size = 0
    async for piece in _bounded(received):
        *ends, rest = piece.split(b"\n")
        for end in ends:
            for passed in _of_line([*line, end], rewriter):
                yield passed
            line, size = [], 0
        line.append(rest)
        size += len(rest)
        if size > LARGEST_EVENT:
            raise UnreadableStreamError("a line of the stream is too large")
    for passed in _of_line(line, rewriter):
        yield passed


def _of_line(line: list[bytes], rewriter: Rewriter) -> Iterator[bytes]:
    event = ServerEvent(b"".join(line).decode("utf-8", "replace"))
    for passed in rewriter.rewritten(event):
        yield f"{passed.data}\n".encode()


async def _document(received: Any, rewriter: Rewriter) -> AsyncGenerator[bytes]:
    """Pass on a JSON document as it is; an error in it is kept in the record."""
    size, pieces = 0, []
    async for piece in received.aiter_bytes():
        size += len(piece)
        if size <= _LARGEST_ERROR:
            pieces.append(piece)
        yield piece
    if size <= _LARGEST_ERROR:
        rewriter.note_error(b"".join(pieces))


def _encoded(event: ServerEvent) -> bytes:
    head = f"event: {event.type}\n" if event.type else ""
    return f"{head}data: {event.data}\n\n".encode()
