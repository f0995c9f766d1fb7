"""The hook of a provider's HTTP client: what it reads, what it leaves alone, what it lets go."""

import asyncio
import gzip
import json
from collections import deque
from collections.abc import AsyncIterator
from itertools import chain, repeat
from typing import Any

import httpx
import pytest
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_groq import ChatGroq
from pydantic import SecretStr

from app.llm.stream import TimeLimits, read_stream
from app.llm.wire import ChatCompletionFrames, OllamaFrames, WireRecord, recording, response_hook
from app.llm.wire.event_stream import LARGEST_EVENT, EventStreamParser, UnreadableStreamError
from tests.fakes.clock import FixedClock

HELLO: list[BaseMessage] = [HumanMessage("hello")]
FRAME = b'data: {"choices": [{"index": 0, "delta": {"content": "<think>x</think>All good"}}]}\n\n'
END = b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'


class Body(httpx.AsyncByteStream):
    """The bytes of an answer; with `hangs` it stays open after them. It knows whether it closed."""

    def __init__(self, *pieces: bytes, hangs: bool = False) -> None:
        self._pieces = pieces
        self._hangs = hangs
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._hangs:
            await asyncio.Event().wait()

    async def aclose(self) -> None:
        """Note it."""
        self.closed = True


def client_of(body: Body, *, frames: Any = None, status: int = 200, **heads: str) -> Any:
    """Return an HTTP client with the hook, to which everybody answers the same."""

    class Transport(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            told = {name.replace("_", "-"): value for name, value in heads.items()}
            return httpx.Response(status, headers=told, stream=body, request=request)

    hook = response_hook(frames or ChatCompletionFrames(), lambda text: False)
    return httpx.AsyncClient(transport=Transport(), event_hooks={"response": [hook]})


def got(client: Any, **sent: Any) -> tuple[bytes, WireRecord]:
    """Ask for a stream; return the bytes that a client reads, and the record."""

    async def ask() -> tuple[bytes, WireRecord]:
        async with client:
            with recording() as record:
                answer = await client.post("http://x/", json={"stream": True} | sent)
            return answer.content, record

    return asyncio.run(ask())


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", "text/html", ""])
def test_answer_to_a_streaming_request_is_a_stream_whatever_it_calls_itself(kind: str) -> None:
    content, record = got(client_of(Body(FRAME, END), content_type=kind))
    assert b"think" not in content
    assert record.finish_reasons == ["stop"]


def test_packed_answers_are_read() -> None:
    packed = gzip.compress(FRAME + END)
    content, record = got(client_of(Body(packed[:20], packed[20:]), content_encoding="gzip"))
    assert b"All good" in content
    assert record.finish_reasons == ["stop"]


def test_document_is_passed_on_as_it_is() -> None:
    sent = json.dumps({"data": [{"id": "a"}]}).encode()
    content, record = got(client_of(Body(sent)), stream=False)
    assert content == sent
    assert not record.seen


@pytest.mark.parametrize("status", [302, 404, 503])
def test_what_is_no_answer_is_left_alone(status: int) -> None:
    content, record = got(client_of(Body(FRAME), status=status))
    assert content == FRAME
    assert not record.seen


def test_lines_of_json_are_read_in_any_pieces() -> None:
    line = b'{"message": {"content": "All good"}, "done": true, "done_reason": "stop"}\n'
    for pieces in ([line], [line[:30], line[30:]], [line[:-1]], [bytes([b]) for b in line]):
        content, record = got(client_of(Body(*pieces), frames=OllamaFrames()))
        assert json.loads(content)["message"]["content"] == "All good"
        assert record.finish_reasons == ["stop"]


@pytest.mark.parametrize(
    "endless", [b"data: " + b"x" * 999, b"data: x\n" + b"y" * 990, b"{" + b"x" * 900 + b"\n"]
)
def test_event_without_an_end_is_given_up(endless: bytes) -> None:
    parser = EventStreamParser()
    with pytest.raises(UnreadableStreamError, match="too large"):
        deque(chain.from_iterable(map(parser.feed, repeat(endless, LARGEST_EVENT // 100))))


def test_line_without_an_end_is_given_up() -> None:
    pieces = [b"x" * (LARGEST_EVENT // 10)] * 12
    with pytest.raises(UnreadableStreamError, match="too large"):
        got(client_of(Body(*pieces), frames=OllamaFrames()))


def test_connection_is_let_go_when_a_limit_acts() -> None:
    body = Body(FRAME, hangs=True)

    async def ask() -> None:
        async with client_of(body) as client:
            model = ChatGroq(model="m", api_key=SecretStr("k"), http_async_client=client)
            limits = TimeLimits(first_token=9, stall=0.01, attempt=9)
            result = await read_stream(model, HELLO, None, limits, FixedClock())
            assert result.answer is None
            assert body.closed

    asyncio.run(ask())


def test_connection_is_let_go_when_the_caller_gives_up() -> None:
    begun = asyncio.Event()

    class Begun(Body):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            begun.set()
            async for piece in super().__aiter__():
                yield piece

    async def ask(body: Body) -> None:
        async with client_of(body) as client:
            model = ChatGroq(model="m", api_key=SecretStr("k"), http_async_client=client)
            limits = TimeLimits(first_token=9, stall=9, attempt=9)
            asking = asyncio.ensure_future(read_stream(model, HELLO, None, limits, FixedClock()))
            await begun.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert body.closed

    asyncio.run(ask(Begun(FRAME, hangs=True)))


def test_records_of_calls_at_the_same_time_are_apart() -> None:
    async def ask(reason: str) -> list[str]:
        body = Body(FRAME, END.replace(b"stop", reason.encode()))
        async with client_of(body) as client:
            with recording() as record:
                await client.post("http://x/", json={"stream": True})
            return record.finish_reasons

    async def both() -> tuple[list[str], list[str]]:
        return await asyncio.gather(ask("stop"), ask("length"))

    first, second = asyncio.run(both())
    assert (first, second) == (["stop"], ["length"])
