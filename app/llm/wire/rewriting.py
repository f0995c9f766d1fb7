"""Stand between a provider's answer and its client: read each frame, and pass on a plain stream.

Whatever the provider's stream looks like, the client gets events of one line of ASCII JSON each.
Thoughts and calls at the head of an answer's text are taken out on the way.
"""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from typing import Any

from .event_stream import EventStreamParser, ServerEvent
from .frames import Frames
from .head_filter import HeadFilter
from .record import WireRecord, current_record

_LARGEST_ERROR = 1_000_000
"""Bytes of an answer that is no stream, beyond which it isn't looked into."""


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

    def rewritten(self, data: str) -> str:
        """Return the text of a frame as its client gets it."""
        try:
            frame = json.loads(data)
        except (ValueError, RecursionError):
            if data.strip() != "[DONE]":
                self._record.unreadable += 1
            return data
        if not isinstance(frame, dict):
            return data
        self._read(frame)
        return json.dumps(frame, separators=(",", ":"))

    def note_error(self, document: bytes) -> None:
        """Keep the error of an answer that is one JSON document instead of a stream."""
        try:
            body = json.loads(document)
        except (ValueError, RecursionError):
            return
        body = body[0] if isinstance(body, list) and body else body
        if isinstance(body, dict) and (error := self._frames.error(body)):
            self._record.errors.append(error)

    def _read(self, frame: dict[str, Any]) -> None:
        frames, record = self._frames, self._record
        record.seen = True
        frames.mend(frame)
        if error := frames.error(frame):
            record.errors.append(error)
        for slot in frames.texts(frame):
            slot.put(self._head.feed(self._joined(slot.text)))
        for piece in frames.calls(frame):
            record.add_call(piece)
        reasons = list(frames.finish_reasons(frame))
        record.finish_reasons += reasons
        if reasons and self._head.held:
            self._end_of_text(frame)

    def _joined(self, text: str) -> str:
        """Join the halves of a character that came in two frames; a lone half waits."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _end_of_text(self, frame: dict[str, Any]) -> None:
        text = self._head.end()
        if text.strip() and self._is_call(text):
            self._record.call_as_text = text
        elif text:
            self._frames.say(frame, text)
        self._head.release()


def response_hook(
    frames: Frames, is_call: Callable[[str], bool]
) -> Callable[[Any], Awaitable[None]]:
    """Return a hook for an httpx client, which lets each answer through a `Rewriter`.

    Args:
        frames: Reads the frames of the provider's API.
        is_call: Says of a whole answer's text that it is a tool call and nothing else.
    """

    async def hook(response: Any) -> None:
        if response.status_code >= 400:
            return
        kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
        read = _document if kind == "application/json" else _events
        if frames.one_a_line:
            read = _lines
        rewriter = Rewriter(frames, current_record(), is_call)
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
        def __init__(self, received: Any, pieces: AsyncIterator[bytes]) -> None:
            self._received = received
            self._pieces = pieces

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for piece in self._pieces:
                yield piece

        async def aclose(self) -> None:
            await self._received.aclose()

    return RewrittenStream


async def _events(received: Any, rewriter: Rewriter) -> AsyncIterator[bytes]:
    """Pass on an event stream."""
    parser = EventStreamParser()
    async for piece in received.aiter_bytes():
        for event in parser.feed(piece):
            yield _encoded(event, rewriter)
    for event in parser.end():
        yield _encoded(event, rewriter)


async def _lines(received: Any, rewriter: Rewriter) -> AsyncIterator[bytes]:
    """Pass on JSON objects, one a line; a line ends at LF alone."""
    rest = b""
    async for piece in received.aiter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.strip():
                yield rewriter.rewritten(line.decode("utf-8", "replace")).encode() + b"\n"
    if rest.strip():
        yield rewriter.rewritten(rest.decode("utf-8", "replace")).encode() + b"\n"


async def _document(received: Any, rewriter: Rewriter) -> AsyncIterator[bytes]:
    """Pass on a JSON document as it is; an error in it is kept in the record."""
    size, pieces = 0, []
    async for piece in received.aiter_bytes():
        size += len(piece)
        if size <= _LARGEST_ERROR:
            pieces.append(piece)
        yield piece
    if size <= _LARGEST_ERROR:
        rewriter.note_error(b"".join(pieces))


def _encoded(event: ServerEvent, rewriter: Rewriter) -> bytes:
    head = f"event: {event.type}\n" if event.type else ""
    data = "".join(f"data: {line}\n" for line in rewriter.rewritten(event.data).split("\n"))
    return f"{head}{data}\n".encode()
