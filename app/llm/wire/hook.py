"""Hook into a provider's HTTP client: its answers are read and rewritten on their way to it."""

import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from functools import cache
from typing import Any

from .event_stream import LARGEST_EVENT, EventStreamParser, ServerEvent, UnreadableStreamError
from .frames import Frames
from .record import current_record
from .rewriting import Rewriter

LARGEST_ANSWER = 64_000_000
"""Bytes of an answer at most, its keep-alives included."""

_LARGEST_ERROR = 1_000_000
"""Bytes of an answer that is no stream, beyond which it isn't looked into."""

_STREAMED = re.compile(rb'"stream":\s*true')


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
    try:
        async for piece in _bounded(received):
            if events := parser.feed(piece):
                yield b"".join(
                    _encoded(one) for event in events for one in rewriter.rewritten(event)
                )
    except Exception:
        for event in parser.end():  # the connection broke off right behind an error
            rewriter.note_error(event.data.encode())
        raise
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
