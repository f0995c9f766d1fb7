"""Stand before one model: shape its history, keep its time limits, judge its answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    message_chunk_to_message,
)
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool

from app.clock import Clock
from app.llm.answers import judge
from app.llm.failures import classify
from app.llm.history import PROVIDER
from app.llm.kinds import CURABLE, ERRORS, Kind, ModelCallError, Verdict
from app.llm.loops import PerLoop, loop_thread
from app.llm.providers import Client, Entry
from app.llm.trail import Attempt, Outcome, Trail
from app.telemetry import redact

MODEL = "model"
"""Key in `response_metadata` of the model that gave the answer."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What the chain is asked: the conversation, where to keep the trail, and until when.

    `deadline` is on the clock's monotonic scale, in seconds.
    """

    messages: Sequence[BaseMessage]
    trail: Trail
    deadline: float


class Guard(Runnable[ModelCall, AIMessage]):
    """One model of the chain, as a runnable that answers or raises a `ModelCallError`.

    The model's stream is consumed in every case, so that tokens travel by callbacks and a
    break in the middle is seen. A synchronous caller runs the same code on a loop thread.
    """

    def __init__(
        self,
        entry: Entry,
        position: int,
        *,
        tools: Sequence[BaseTool],
        time_limit: float,
        clock: Clock,
        last: bool,
    ) -> None:
        self._entry = entry
        self._position = position
        self._tools = tools
        self._time_limit = time_limit
        self._clock = clock
        self._last = last
        self._clients: PerLoop[tuple[Client, Runnable[Any, Any]]] = PerLoop(
            self._open, lambda opened: opened[0].close()
        )

    def invoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Answer, for a caller without an event loop."""
        return loop_thread.run(self.ainvoke(input, config, **kwargs))

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Answer, or raise the `ModelCallError` of what went wrong."""
        messages = self._entry.shape(input.messages)
        _, model = await self._clients.get()
        started = self._clock.monotonic()
        limit = min(self._time_limit, input.deadline - started)
        outcome = await _consume(model, messages, config, limit)
        duration_ms = round((self._clock.monotonic() - started) * 1000)
        verdict = outcome if isinstance(outcome, Verdict) else judge(outcome)
        if isinstance(outcome, AIMessage) and verdict is None:
            input.trail.add(self._attempt(Outcome.ANSWERED, duration_ms))
            return self._labelled(outcome)
        assert verdict is not None
        error = ERRORS[verdict.kind](self._redacted(verdict))
        input.trail.add(self._attempt(Outcome.FAILED, duration_ms, error))
        raise error

    async def warm(self) -> None:
        """Build the model's client for the running loop, ahead of the first call."""
        await self._clients.get()

    async def close_here(self) -> None:
        """Close the running loop's client."""
        await self._clients.close_here()

    def _open(self) -> tuple[Client, Runnable[Any, Any]]:
        client = self._entry.open()
        return client, client.model.bind_tools(self._tools)

    def _attempt(
        self, outcome: Outcome, duration_ms: int, error: ModelCallError | None = None
    ) -> Attempt:
        return Attempt(
            provider=self._entry.provider,
            model=self._entry.model,
            position=self._position,
            outcome=outcome,
            duration_ms=duration_ms,
            failure=error.verdict if error else None,
            error=type(error).__name__ if error else None,
            wait=self._entry.wait(error.verdict, self._clock.now()) if error else None,
            goes_on=bool(error and error.kind in CURABLE and not self._last),
        )

    def _redacted(self, verdict: Verdict) -> Verdict:
        """Take out what providers echo; the client's own exception is let go for the same end."""
        key = [self._entry.key.reveal()] if self._entry.key else []
        return replace(verdict, detail=redact(verdict.detail, key))

    def _labelled(self, answer: AIMessage) -> AIMessage:
        label = {PROVIDER: self._entry.provider, MODEL: self._entry.model}
        metadata = answer.response_metadata | label
        return answer.model_copy(update={"response_metadata": metadata})


async def _consume(
    model: Runnable[Any, Any],
    messages: list[BaseMessage],
    config: RunnableConfig | None,
    limit: float,
) -> AIMessage | Verdict:
    """Read the whole stream within `limit` seconds; return the answer, or why there is none."""
    whole: AIMessageChunk | None = None
    try:
        async with asyncio.timeout(max(0.0, limit)):
            async for chunk in model.astream(messages, config):
                whole = chunk if whole is None else whole + chunk
    except TimeoutError:
        return Verdict(Kind.TIMEOUT, detail=f"no answer within {max(0.0, limit):.1f} s")
    except Exception as error:  # noqa: BLE001 - the edge to other people's clients
        return classify(error, began=whole is not None)
    message = message_chunk_to_message(whole or AIMessageChunk(content=""))
    return message if isinstance(message, AIMessage) else AIMessage(content="")
