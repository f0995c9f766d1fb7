"""Stand before one model: ask its breaker, shape its history, judge and record its answer."""

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool

from app.clock import Clock
from app.llm.again import SecondTries
from app.llm.breaker import Admission, Breakers
from app.llm.budget import fit
from app.llm.call import ModelCall, Step
from app.llm.clients import Client
from app.llm.history import PROVIDER
from app.llm.kinds import CURABLE, ERRORS, Kind, Verdict
from app.llm.loops import PerLoop
from app.llm.providers import Entry
from app.llm.repair import read_back
from app.llm.stream import Heard, Limits, listen
from app.llm.trail import Attempt, Outcome
from app.telemetry import redact

MODEL = "model"
"""Key in `response_metadata` of the model that gave the answer."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the guards are: time limits, and quick tries again at the same model.

    `failover_on` are the kinds that go over to the next model.
    """

    limits: Limits
    retries: int = 0
    longest_pause: float = 2.0
    failover_on: frozenset[Kind] = CURABLE


class Guard(Step):
    """One model of the chain, as a runnable that answers or raises a `ModelCallError`.

    The model's stream is consumed in every case, so that tokens travel by callbacks and a
    break in the middle is seen. A synchronous caller runs the same code on a loop thread.

    Args:
        entry: The model.
        position: Its place in the chain, from 0.
        following: The provider of the language model that is asked next, if there is one.
        tools: What the model may call.
        policy: How patient to be.
        breakers: The process's breakers.
        clock: Where the time comes from.
    """

    def __init__(
        self,
        entry: Entry,
        position: int,
        following: str | None,
        *,
        tools: Sequence[BaseTool],
        policy: Policy,
        breakers: Breakers,
        clock: Clock,
    ) -> None:
        self._entry = entry
        self._position = position
        self._following = following
        self._tools = entry.by.declare(tools)
        self._schemas = {
            tool["function"]["name"]: tool["function"]["parameters"] for tool in self._tools
        }
        self._policy = policy
        self._breakers = breakers
        self._clock = clock
        self._clients: PerLoop[tuple[Client, Runnable[Any, Any]]] = PerLoop(
            self._open, lambda opened: opened[0].close()
        )

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Answer, or raise the `ModelCallError` of what went wrong.

        With `last=True` nobody is asked after this model, whatever its place.
        """
        last = bool(kwargs.get("last"))
        admission = await self._breakers.admit(self._entry.breakers)
        if not admission.allowed:
            verdict = _open_verdict(admission, self._clock)
            return self._fail(input, self._attempt(Outcome.SKIPPED, 0, verdict, last=last))
        conversation: Sequence[BaseMessage] = fit(
            input.messages, self._entry.place.max_input_tokens
        )
        tries = SecondTries(self._policy.retries, self._policy.longest_pause)
        while True:
            input.trail.ask(self._entry.provider, self._entry.model)
            started = self._clock.monotonic()
            heard = await self._listen(conversation, config, input.deadline - started)
            now = self._clock.monotonic()
            duration_ms = round((now - started) * 1000)
            if heard.answer is not None:
                self._breakers.succeeded(self._entry.breakers)
                input.trail.add(self._attempt(Outcome.ANSWERED, duration_ms))
                return self._labelled(heard.answer)
            verdict = self._redacted(heard.verdict)
            if mended := self._repaired(verdict):
                self._breakers.succeeded(self._entry.breakers)
                input.trail.add(self._attempt(Outcome.REPAIRED, duration_ms, verdict, heard))
                return self._labelled(mended)
            again = tries.after(verdict, conversation, input.deadline - now)
            if again is None:
                break
            input.trail.add(self._attempt(Outcome.RETRIED, duration_ms, verdict, heard))
            conversation = again.conversation
            await self._clock.sleep(again.pause)
        self._breakers.failed(self._entry.breakers, verdict, self._wait(verdict))
        failed = self._attempt(Outcome.FAILED, duration_ms, verdict, heard, last=last)
        return self._fail(input, failed)

    @property
    def provider(self) -> str:
        """Return the name of its place in the chain."""
        return self._entry.provider

    def at(self, position: int, following: str | None) -> "Guard":
        """Return this model at another place of a chain; they share connections."""
        moved = copy(self)
        moved._position, moved._following = position, following
        return moved

    async def warm(self) -> None:
        """Get ready ahead of the first call: the client for the running loop, the breakers."""
        await self._breakers.refresh()
        await self.model()

    async def model(self) -> Runnable[Any, Any]:
        """Return the chat model with its tools, open for the running loop."""
        return (await self._clients.get())[1]

    async def close_here(self) -> None:
        """Close the running loop's client."""
        await self._clients.close_here()

    def _open(self) -> tuple[Client, Runnable[Any, Any]]:
        client = self._entry.open()
        return client, client.model.bind_tools(self._tools)

    def _repaired(self, verdict: Verdict) -> AIMessage | None:
        """Return the answer that a rejected tool call was meant to be, where that is certain."""
        found = read_back(verdict.generation, self._schemas)
        if found is None:
            return None
        calls = [
            ToolCall(name=call.name, args=call.args, id=f"call_{n}", type="tool_call")
            for n, call in enumerate(found.calls)
        ]
        return AIMessage(content=found.text, tool_calls=calls)

    async def _listen(
        self, conversation: Sequence[BaseMessage], config: RunnableConfig | None, time_left: float
    ) -> Heard:
        """Call the model once; a caller who gives up frees the place of a probe."""
        messages = self._entry.by.shape(conversation)
        model = await self.model()
        limits = self._policy.limits
        limits = replace(limits, attempt=min(limits.attempt, time_left))
        try:
            return await listen(model, messages, config, limits)
        except asyncio.CancelledError:
            self._breakers.released(self._entry.breakers)
            raise

    def _fail(self, call: ModelCall, attempt: Attempt) -> AIMessage:
        call.trail.add(attempt)
        assert attempt.failure is not None
        raise ERRORS[attempt.failure.kind](attempt.failure)

    def _attempt(
        self,
        outcome: Outcome,
        duration_ms: int,
        verdict: Verdict | None = None,
        heard: Heard | None = None,
        last: bool = False,
    ) -> Attempt:
        over = verdict is not None and verdict.kind in self._policy.failover_on
        ended = outcome in (Outcome.FAILED, Outcome.SKIPPED)
        return Attempt(
            provider=self._entry.provider,
            label=self._entry.label,
            model=self._entry.model,
            position=self._position,
            outcome=outcome,
            duration_ms=duration_ms,
            failure=verdict,
            error=ERRORS[verdict.kind].__name__ if verdict else None,
            wait=self._wait(verdict) if verdict else None,
            goes_over=over,
            following=self._following if over and ended and not last else None,
            message_id=heard.message_id if heard else None,
        )

    def _wait(self, verdict: Verdict) -> float | None:
        return self._entry.wait(verdict, self._clock.now())

    def _redacted(self, verdict: Verdict | None) -> Verdict:
        """Take out what providers echo; the client's own exception is let go for the same end."""
        found = verdict or Verdict(Kind.MALFORMED_RESPONSE)
        return replace(found, detail=redact(found.detail, self._entry.secrets))

    def _labelled(self, answer: AIMessage) -> AIMessage:
        label = {PROVIDER: self._entry.provider, MODEL: self._entry.model}
        metadata = answer.response_metadata | label
        return answer.model_copy(update={"response_metadata": metadata})


def _open_verdict(admission: Admission, clock: Clock) -> Verdict:
    """Return the verdict on a model that an open breaker spared."""
    until = admission.until or clock.now()
    seconds = max(0.0, (until - clock.now()).total_seconds())
    kind = admission.kind or Kind.UNAVAILABLE
    return Verdict(kind, detail=f"breaker open for {seconds:.0f} s", retry_after=seconds)
