"""Hand an answer on in pieces: its text as it comes, its tool calls when the whole is judged.

A tool call that is cut off looks whole as soon as somebody closes its JSON, and a call that was
handed on can't be taken back. So calls wait for the verdict on the whole answer, and as long as
nothing but calls has come the next model may still answer.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from queue import SimpleQueue
from typing import Any, NamedTuple
from uuid import uuid4

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.tool import tool_call_chunk

from ..event_loops import loop_thread


class Piece(NamedTuple):
    """A piece of an answer.

    Attributes:
        attempt: Which attempt it is of, from 0.
        chunk: The piece.
    """

    attempt: int
    chunk: AIMessageChunk


class PieceReceiver:
    """Takes the chunks of attempts, and puts out what may be handed on.

    Args:
        put: Takes each piece; None where nobody listens.
        binding: Whether what was put out can't be taken back, so that no other model may answer.
        only_calls: Whether tool calls alone are wanted, so that text waits for the end.
    """

    def __init__(
        self, put: Callable[[Piece], None] | None, *, binding: bool, only_calls: bool
    ) -> None:
        self._put = put
        self._binding = binding
        self._only_calls = only_calls
        self._said: list[str] = []
        self._blank = ""
        self.attempt = -1

    @property
    def handed_on(self) -> bool:
        """Say whether something has left us that no other answer may follow."""
        return self._binding and bool(self._said)

    def begin(self) -> None:
        """Hear that another attempt begins."""
        self.attempt += 1
        self._said, self._blank = [], ""

    async def take(self, chunk: AIMessageChunk) -> None:
        """Put out a chunk's text; blanks at the beginning wait for a word.

        Args:
            chunk: What has come.
        """
        text = str(chunk.text)
        if not text or self._only_calls or self._put is None:
            return
        if not self._said:
            text = self._blank + text
            if not text.strip():
                self._blank = text
                return
        self._say(text)

    def end(self, answer: AIMessage) -> None:
        """Put out what is left of an answer that was found good.

        Args:
            answer: The whole answer.
        """
        if self._put is None:
            return
        text, said = str(answer.text), "".join(self._said)
        if text.startswith(said) and len(text) > len(said):
            self._say(text[len(said) :])
        for index, call in enumerate(answer.tool_calls):
            arguments = json.dumps(call["args"], ensure_ascii=False)
            chunk = tool_call_chunk(
                name=call["name"],
                args=arguments,
                id=call["id"] or f"call_{uuid4().hex}",
                index=index,
            )
            self._put(Piece(self.attempt, AIMessageChunk(content="", tool_call_chunks=[chunk])))
        last = AIMessageChunk(
            content="",
            usage_metadata=answer.usage_metadata,
            response_metadata=answer.response_metadata,
            additional_kwargs=answer.additional_kwargs,
            chunk_position="last",
        )
        self._put(Piece(self.attempt, last))

    def _say(self, text: str) -> None:
        self._said.append(text)
        assert self._put is not None
        self._put(Piece(self.attempt, AIMessageChunk(content=text)))


Work = Callable[[Callable[[Piece], None]], Awaitable[Any]]
"""What makes the pieces: it is handed where to put them."""


async def pieces_of(work: Work) -> AsyncGenerator[Piece]:
    """Yield the pieces that some work puts out; it goes on whether they are fetched or not.

    So a caller who takes their time costs no model its time limit. One who stops ends the work.

    Args:
        work: Makes the pieces.
    """
    queue: asyncio.Queue[Piece | None] = asyncio.Queue()
    task = asyncio.ensure_future(_to_its_end(work, queue.put_nowait))
    try:
        while (piece := await queue.get()) is not None:
            yield piece
        await task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


def pieces_in_thread(work: Work) -> Generator[Piece]:
    """Yield the same for a caller without an event loop, from the loop thread.

    Args:
        work: Makes the pieces.
    """
    queue: SimpleQueue[Piece | None] = SimpleQueue()
    future = loop_thread.start(_to_its_end(work, queue.put))
    try:
        while (piece := queue.get()) is not None:
            yield piece
        future.result()
    finally:
        future.cancel()


async def _to_its_end(work: Work, put: Callable[[Piece | None], None]) -> None:
    try:
        await work(put)
    finally:
        put(None)
