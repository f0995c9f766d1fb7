"""Read a model's whole stream under our own time limits, which act by cancelling."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    message_chunk_to_message,
)
from langchain_core.runnables import Runnable, RunnableConfig

from ..clock import Clock
from ..settings import FailureKind
from ..telemetry import Tokens
from .failures import (
    CUT_SHORT,
    Verdict,
    broke_off,
    classify,
    error_body_of,
    error_inside,
    finish_reason,
    is_cut,
    judge,
)
from .messages import CUT
from .wire import WireRecord, recording

_AFTER_THE_FINISH = 1.0
"""Seconds to wait for the end of a stream that has given its finish reason."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Time limits in seconds: until the first token, between tokens, for the whole attempt."""

    first_token: float
    stall: float
    attempt: float


@dataclass(frozen=True, slots=True)
class StreamResult:
    """What came of an attempt: an answer, or a verdict.

    `message_id` is the id that its tokens carried, `first_token` the seconds to the first of
    them, and `tokens` what the provider counted, where it said so.
    """

    answer: AIMessage | None
    verdict: Verdict | None
    message_id: str | None = None
    first_token: float | None = None
    tokens: Tokens | None = None


async def read_stream(
    model: Runnable[Any, Any],
    messages: list[BaseMessage],
    config: RunnableConfig | None,
    limits: TimeLimits,
    clock: Clock,
) -> StreamResult:
    """Read the stream to its end and judge what came.

    Args:
        model: The chat model, with its tools.
        messages: What is sent, in the provider's shape.
        config: LangChain's configuration of the run.
        limits: How long each part may take.
        clock: Where the time comes from.
    """
    reader = _Reader(limits, clock)
    with recording() as record:
        verdict = await reader.read(model, messages, config, record)
    whole = reader.whole or AIMessageChunk(content="")
    message = message_chunk_to_message(whole)
    answer = message if isinstance(message, AIMessage) else AIMessage(content="")
    now = clock.now()
    verdict = error_inside(record, now) or verdict or judge(answer, record, now)
    tokens = tokens_of(answer)
    if is_cut(answer, record):
        metadata = answer.response_metadata | {CUT: CUT_SHORT}
        answer = answer.model_copy(update={"response_metadata": metadata})
    return StreamResult(
        answer=None if verdict else answer,
        verdict=verdict,
        message_id=reader.whole.id if reader.whole else None,
        first_token=reader.first_token,
        tokens=tokens,
    )


def tokens_of(answer: AIMessage) -> Tokens | None:
    """Return what the provider counted; None where it said nothing."""
    usage = answer.usage_metadata
    if not usage or not (usage["input_tokens"] or usage["output_tokens"]):
        return None
    return Tokens(
        incoming=usage["input_tokens"],
        outgoing=usage["output_tokens"],
        cached=usage.get("input_token_details", {}).get("cache_read", 0) or 0,
        reasoning=usage.get("output_token_details", {}).get("reasoning", 0) or 0,
    )


class _Reader:
    """One stream, and what has come of it so far."""

    def __init__(self, limits: TimeLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._record = WireRecord()
        self.whole: AIMessageChunk | None = None
        self.first_token: float | None = None

    @property
    def finished(self) -> bool:
        """Say whether the finish reason has come: then only an error frame can still spoil it."""
        return bool(self._record.finish_reasons or (self.whole and finish_reason(self.whole)))

    async def read(
        self,
        model: Runnable[Any, Any],
        messages: list[BaseMessage],
        config: RunnableConfig | None,
        record: WireRecord,
    ) -> Verdict | None:
        """Read to the end; return why it failed, if it did.

        Args:
            model: Who is asked.
            messages: What it is told.
            config: LangChain's configuration of the run.
            record: What comes over the wire.
        """
        self._record = record
        attempt = max(0.0, self._limits.attempt)
        begun = self._clock.monotonic()
        try:
            async with asyncio.timeout(attempt), aclosing(_open(model, messages, config)) as stream:
                while (chunk := await self._next(stream)) is not None:
                    if self.whole is None:
                        self.first_token = self._clock.monotonic() - begun
                    self.whole = chunk if self.whole is None else self.whole + chunk
        except _SilentError as silent:
            return None if self.finished else Verdict(FailureKind.TIMEOUT, detail=str(silent))
        except TimeoutError:
            return (
                None if self.finished else Verdict(FailureKind.TIMEOUT, detail=_no_answer(attempt))
            )
        except Exception as error:  # noqa: BLE001 - the edge to other people's clients
            if self.finished and broke_off(error) and error_body_of(error) is None:
                return None  # the connection closed after all had been said
            return classify(
                error,
                now=self._clock.now(),
                began=self.whole is not None,
                status=record.status,
                headers=record.headers,
            )
        return None

    async def _next(self, stream: Any) -> AIMessageChunk | None:
        """Return the next piece, or None at the end of the stream."""
        limit, what = self._limits.first_token, "no first token"
        if self.finished:
            limit, what = _AFTER_THE_FINISH, "no end"
        elif self.whole is not None:
            limit, what = self._limits.stall, "silence"
        try:
            async with asyncio.timeout(limit) as waiting:
                chunk: AIMessageChunk = await anext(stream)
                return chunk
        except StopAsyncIteration:
            return None
        except TimeoutError:
            if waiting.expired():
                raise _SilentError(f"{what} for {limit:.1f} s") from None
            raise


class _SilentError(Exception):
    """Nothing came for too long."""


async def _open(
    model: Runnable[Any, Any], messages: list[BaseMessage], config: RunnableConfig | None
) -> Any:
    async for chunk in model.astream(messages, config):
        yield chunk


def _no_answer(seconds: float) -> str:
    return f"no answer within {seconds:.1f} s"
