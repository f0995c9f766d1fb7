"""Stand before one model: ask its breaker, shape its history, judge and record its answer."""

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool

from ..clock import Clock
from .attempt_factory import Attempts, Begun
from .attempts import Attempt, Outcome
from .call import ModelCall, Step
from .event_loops import PerLoop
from .failures.kinds import CURABLE, ERRORS, Kind, Verdict
from .messages.tool_call_repair import read_back
from .messages.trimming import fit
from .providers.clients import Client
from .providers.registry import Place
from .resilience.breaker import Admission, Breakers
from .resilience.quota import Quota
from .resilience.quota_counters import QuotaBook
from .resilience.retry import SecondTries
from .stream import Heard, Limits, listen


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
        place: The model.
        position: Its place in the chain, from 0.
        following: The provider of the language model that is asked next, if there is one.
        tools: What the model may call.
        policy: How patient to be.
        breakers: The process's breakers.
        quotas: The process's count of what is left of the quotas.
        clock: Where the time comes from.
    """

    def __init__(
        self,
        place: Place,
        position: int,
        following: str | None,
        *,
        tools: Sequence[BaseTool],
        policy: Policy,
        breakers: Breakers,
        quotas: QuotaBook,
        clock: Clock,
    ) -> None:
        self._place = place
        self._attempts = Attempts(place, position, following, policy.failover_on, clock)
        self._tools = place.provider.declare(tools)
        self._schemas = {
            tool["function"]["name"]: tool["function"]["parameters"] for tool in self._tools
        }
        self._quota = Quota(place, self._tools, quotas, clock)
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
        begun = self._attempts.begin()
        conversation: Sequence[BaseMessage] = fit(
            input.messages, self._place.settings.max_input_tokens
        )
        if spared := await self._spared(conversation, last):
            skipped = self._attempts.made(Outcome.SKIPPED, begun, spared, last=last)
            return self._fail(input, skipped)
        tries = SecondTries(self._policy.retries, self._policy.longest_pause)
        while True:
            input.trail.ask(self._place.name, self._place.model)
            begun = self._attempts.begin()
            heard = await self._listen(input, begun, conversation, config)
            if heard.answer is not None:
                self._breakers.succeeded(self._place.breakers)
                input.trail.add(self._attempts.made(Outcome.ANSWERED, begun, heard=heard))
                return self._attempts.labelled(heard.answer)
            verdict = self._attempts.redacted(heard.verdict, conversation)
            if mended := self._repaired(verdict):
                self._breakers.succeeded(self._place.breakers)
                input.trail.add(self._attempts.made(Outcome.REPAIRED, begun, verdict, heard))
                return self._attempts.labelled(mended)
            time_left = input.deadline - self._clock.monotonic()
            again = tries.after(verdict, conversation, time_left)
            if again is None:
                break
            input.trail.add(self._attempts.made(Outcome.RETRIED, begun, verdict, heard))
            conversation = again.conversation
            await self._clock.sleep(again.pause)
        self._breakers.failed(self._place.breakers, verdict, self._attempts.wait(verdict))
        self._quota.learn(verdict)
        failed = self._attempts.made(Outcome.FAILED, begun, verdict, heard, last=last)
        return self._fail(input, failed)

    @property
    def provider(self) -> str:
        """Return the name of its place in the chain."""
        return self._place.name

    def at(self, position: int, following: str | None) -> "Guard":
        """Return this model at another place of a chain; they share connections."""
        moved = copy(self)
        moved._attempts = replace(self._attempts, position=position, following=following)
        return moved

    async def warm(self) -> None:
        """Get ready ahead of the first call: the client for the running loop, the breakers."""
        await self._breakers.refresh()
        await self._quota.ready()
        await self.model()

    async def model(self) -> Runnable[Any, Any]:
        """Return the chat model with its tools, open for the running loop."""
        return (await self._clients.get())[1]

    async def close_here(self) -> None:
        """Close the running loop's client."""
        await self._clients.close_here()

    def _open(self) -> tuple[Client, Runnable[Any, Any]]:
        client = self._place.open()
        client.on_response(self._quota.hear)
        return client, client.model.bind_tools(self._tools)

    async def _spared(self, conversation: Sequence[BaseMessage], last: bool) -> Verdict | None:
        """Return why the model gets no call now: an open breaker, or too little quota."""
        admission = await self._breakers.admit(self._place.breakers)
        if not admission.allowed:
            return _open_verdict(admission, self._clock)
        await self._quota.ready()
        if last or self._attempts.following is None:
            return None  # nobody is asked after it, so a guess keeps nobody from an answer
        verdict = self._quota.verdict(conversation)
        if verdict is not None:
            self._breakers.released(self._place.breakers)
        return verdict

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
        self,
        call: ModelCall,
        begun: Begun,
        conversation: Sequence[BaseMessage],
        config: RunnableConfig | None,
    ) -> Heard:
        """Call the model once; a caller who gives up frees the place of a probe."""
        messages = self._place.provider.shape(conversation)
        model = await self.model()
        limits = self._policy.limits
        limits = replace(limits, attempt=min(limits.attempt, call.deadline - begun.monotonic))
        estimate = self._quota.sent(conversation)
        try:
            heard = await listen(model, messages, config, limits, self._clock.monotonic)
        except asyncio.CancelledError:
            self._breakers.released(self._place.breakers)
            call.trail.add(self._attempts.made(Outcome.CANCELLED, begun))
            raise
        self._quota.ended(estimate, heard.tokens)
        return heard

    def _fail(self, call: ModelCall, attempt: Attempt) -> AIMessage:
        call.trail.add(attempt)
        assert attempt.failure is not None
        raise ERRORS[attempt.failure.kind](attempt.failure)


def _open_verdict(admission: Admission, clock: Clock) -> Verdict:
    """Return the verdict on a model that an open breaker spared."""
    until = admission.until or clock.now()
    seconds = max(0.0, (until - clock.now()).total_seconds())
    kind = admission.kind or Kind.UNAVAILABLE
    return Verdict(kind, detail=f"breaker open for {seconds:.0f} s", retry_after=seconds)
