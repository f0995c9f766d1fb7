"""Read a model's whole stream under our own time limits, which act by cancelling."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    message_chunk_to_message,
)
from langchain_core.messages.ai import add_ai_message_chunks
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
from .messages import CUT, with_sent_calls
from .plan import Plan
from .silent_run import Receiver, without_a_run
from .wire import WireRecord, recording

_NONE: Mapping[str, Any] = MappingProxyType({})

_AFTER_THE_FINISH = 1.0
"""Seconds to wait for the end of a stream that has given its finish reason."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Time limits in seconds: until the first token, between tokens, for the whole attempt."""

    first_token: float
    stall: float
    attempt: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer may be.

    Attributes:
        calls_in_text: Whether its text may be a tool call that was meant as one.
        may_be_empty: Whether it may be without a word.
    """

    calls_in_text: bool = True
    may_be_empty: bool = False

    @classmethod
    def of(cls, plan: Plan) -> "Expected":
        """Return what an answer may be; JSON is no call where it was asked for, or without tools.

        Args:
            plan: What is asked for.
        """
        calls = bool(plan.tools.functions) and plan.options.response_format is None
        return cls(calls_in_text=calls, may_be_empty=bool(plan.options.stop))


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
    options: Mapping[str, Any] = _NONE,
    expected: Expected = Expected(),
    receiver: Receiver | None = None,
) -> StreamResult:
    """Read the stream to its end and judge what came.

    Args:
        model: The chat model, with its tools.
        messages: What is sent, in the provider's shape.
        config: LangChain's configuration of the run.
        limits: How long each part may take.
        clock: Where the time comes from.
        options: The keyword arguments of the call.
        expected: What the answer may be.
        receiver: Gets the chunks as they come; the call is no run of its own then.
    """
    if receiver is None:
        chunks = model.astream(messages, config, **options)
    else:
        chunks = without_a_run(model, messages, options)
    reader = _Reader(limits, clock, receiver)
    with recording(calls_in_text=expected.calls_in_text) as record:
        verdict = await reader.read(chunks, record)
    whole = reader.whole()
    message = message_chunk_to_message(whole or AIMessageChunk(content=""))
    answer = message if isinstance(message, AIMessage) else AIMessage(content="")
    answer = with_sent_calls(answer, record)
    now = clock.now()
    verdict = (
        error_inside(record, now)
        or verdict
        or judge(answer, record, now, may_be_empty=expected.may_be_empty)
    )
    tokens = tokens_of(answer)
    if is_cut(answer, record):
        metadata = answer.response_metadata | {CUT: CUT_SHORT}
        answer = answer.model_copy(update={"response_metadata": metadata})
    return StreamResult(
        answer=None if verdict else answer,
        verdict=verdict,
        message_id=whole.id if whole else None,
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

    def __init__(self, limits: TimeLimits, clock: Clock, receiver: Receiver | None) -> None:
        self._limits = limits
        self._clock = clock
        self._receiver = receiver
        self._record = WireRecord()
        self._chunks: list[AIMessageChunk] = []
        self._reason_came = False
        self.first_token: float | None = None

    @property
    def finished(self) -> bool:
        """Say whether the finish reason has come: then only an error frame can still spoil it."""
        return bool(self._record.finish_reasons) or self._reason_came

    def whole(self) -> AIMessageChunk | None:
        """Return what has come, in one; None where nothing has."""
        if not self._chunks:
            return None
        first, *others = self._chunks
        whole: AIMessageChunk = add_ai_message_chunks(first, *others) if others else first
        return whole

    async def read(self, chunks: Any, record: WireRecord) -> Verdict | None:
        """Read to the end; return why it failed, if it did.

        Args:
            chunks: The stream.
            record: What comes over the wire.
        """
        self._record = record
        attempt = max(0.0, self._limits.attempt)
        begun = self._clock.monotonic()
        try:
            async with asyncio.timeout(attempt), aclosing(chunks) as stream:
                while (chunk := await self._next(stream)) is not None:
                    if not self._chunks:
                        self.first_token = self._clock.monotonic() - begun
                    self._chunks.append(chunk)
                    self._reason_came = self._reason_came or bool(finish_reason(chunk))
                    if self._receiver is not None:
                        await self._receiver.take(chunk)
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
                began=bool(self._chunks),
                status=record.status,
                headers=record.headers,
            )
        return None

    async def _next(self, stream: Any) -> AIMessageChunk | None:
        """Return the next piece, or None at the end of the stream."""
        limit, what = self._limits.first_token, "no first token"
        if self.finished:
            limit, what = _AFTER_THE_FINISH, "no end"
        elif self._chunks:
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


def _no_answer(seconds: float) -> str:
    return f"no answer within {seconds:.1f} s"
