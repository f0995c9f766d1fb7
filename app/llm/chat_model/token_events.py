"""Tell callbacks of the pieces of an answer, each attempt's under a message id of its own.

A model that breaks off leaves tokens behind that callbacks have seen; the next one's are another
message. The last attempt's id is the answer's.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from .pieces import Piece

_ABANDONED = "This attempt failed; another one follows."


def message_id(run_id: UUID | str, attempt: int) -> str:
    """Return the id of the message of one attempt, in LangChain's form.

    Args:
        run_id: The run's id.
        attempt: Which attempt, from 0.
    """
    return f"lc_run--{run_id}" + (f"-{attempt}" if attempt else "")


class TokenEvents:
    """The chunks and the events that callbacks get of one run.

    Args:
        run: The run's manager.
    """

    def __init__(self, run: CallbackManagerForLLMRun | AsyncCallbackManagerForLLMRun) -> None:
        self._run_id = run.run_id
        self._open: _OpenMessage | None = None

    def chunk(self, piece: Piece) -> ChatGenerationChunk:
        """Return a piece as a chunk of its attempt's message.

        Args:
            piece: The piece.
        """
        piece.chunk.id = message_id(self._run_id, piece.attempt)
        return ChatGenerationChunk(message=piece.chunk)

    def events(self, piece: Piece) -> Iterator[Any]:
        """Yield a piece as events of LangChain's protocol, of its third version.

        Args:
            piece: The piece.
        """
        if self._open is not None and self._open.attempt != piece.attempt:
            yield {"event": "error", "message": _ABANDONED}
            self._open = None
        if self._open is None:
            self._open = _OpenMessage(piece.attempt)
            identity = message_id(self._run_id, piece.attempt)
            yield {"event": "message-start", "role": "ai", "id": identity, "message_id": identity}
        yield from self._open.events(piece.chunk)


class _OpenMessage:
    """The message of one attempt, and the blocks that it has so far."""

    def __init__(self, attempt: int) -> None:
        self.attempt = attempt
        self._blocks: list[dict[str, Any]] = []

    def events(self, chunk: AIMessageChunk) -> Iterator[dict[str, Any]]:
        if chunk.text:
            yield from self._text(str(chunk.text))
        for call in chunk.tool_call_chunks:
            yield from self._call(dict(call))
        if chunk.chunk_position == "last":
            for index, block in enumerate(self._blocks):
                yield {"event": "content-block-finish", "index": index, "content": _final(block)}
            yield {
                "event": "message-finish",
                "usage": chunk.usage_metadata,
                "metadata": chunk.response_metadata,
                "additional_kwargs": chunk.additional_kwargs,
            }

    def _text(self, text: str) -> Iterator[dict[str, Any]]:
        if not self._blocks or self._blocks[-1]["type"] != "text":
            yield self._started({"type": "text", "text": ""})
        self._blocks[-1]["text"] += text
        yield self._delta({"type": "text-delta", "text": text})

    def _call(self, call: dict[str, Any]) -> Iterator[dict[str, Any]]:
        arguments = call.get("args") or ""
        yield self._started({**call, "type": "tool_call_chunk", "args": ""})
        self._blocks[-1]["args"] = arguments
        if arguments:
            yield self._delta({"type": "tool-call-delta", "args": arguments})

    def _started(self, block: dict[str, Any]) -> dict[str, Any]:
        self._blocks.append(dict(block))
        return {"event": "content-block-start", "index": len(self._blocks) - 1, "content": block}

    def _delta(self, delta: dict[str, Any]) -> dict[str, Any]:
        return {"event": "content-block-delta", "index": len(self._blocks) - 1, "delta": delta}


def _final(block: dict[str, Any]) -> dict[str, Any]:
    """Return a block as it is when all of it has come."""
    from json import loads

    if block["type"] == "text":
        return block
    return {
        "type": "tool_call",
        "id": block["id"],
        "name": block["name"],
        "args": loads(block["args"] or "{}"),
    }
