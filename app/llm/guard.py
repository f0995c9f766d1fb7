"""Stand before one model: ask its breaker, shape its history, judge and record its answer."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from ..clock import Clock
from ..settings import GOES_OVER, FailureKind
from ..telemetry import Attempt, Outcome
from .answers import passed_on, repaired, unasked
from .bound_models import BoundModels, DeclaredTools
from .call import ChainStep, ModelCall
from .declarations import NO_TOOLS, ToolSet
from .failures import Verdict, error_of
from .messages import fit, with_unseen
from .providers import NotOpenedError, Place, with_variable
from .resilience import (
    Admission,
    Breakers,
    Quota,
    QuotaCounters,
    Retries,
    guessed,
    passes,
    second_chance,
)
from .running_attempt import RunningAttempt, redacted
from .shaping import Shaping
from .stream import Expected, StreamResult, TimeLimits, read_stream


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient the guards are.

    Attributes:
        limits: The time limits of an attempt.
        retries: How many quick tries a passing fault gets at the same model.
        longest_pause: Seconds before such a try at most.
        failover_on: The kinds of failure that go over to the next model.
    """

    limits: TimeLimits
    retries: int = 0
    longest_pause: float = 2.0
    failover_on: frozenset[FailureKind] = frozenset(GOES_OVER)


class Guard(ChainStep):
    """One model of the chain, as a runnable that answers or raises a `ModelCallError`.

    The model's stream is consumed in every case, so that tokens travel by callbacks and a
    break in the middle is seen. A synchronous caller runs the same code on a loop thread. Who
    else is asked, and with which tools, the plan of the call says.

    Args:
        place: The model's place in the chain.
        policy: How patient to be.
        breakers: The process's breakers.
        quotas: The process's count of what is left of the quotas.
        clock: Where the time comes from.
    """

    def __init__(
        self,
        place: Place,
        *,
        policy: Policy,
        breakers: Breakers,
        quotas: QuotaCounters,
        clock: Clock,
    ) -> None:
        self.place = place
        self._policy = policy
        self._breakers = breakers
        self._clock = clock
        self._quota = Quota(place, quotas, clock)
        self._models = BoundModels(place, self._quota.read_headers)
        self._breaker_keys = place.breakers
        self._shaping = Shaping(place, lambda: self._models.sees)

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """Answer, or raise the `ModelCallError` of what went wrong.

        Args:
            input: What is asked.
            config: LangChain's configuration of the run.
            **kwargs: LangChain's; nothing here reads them.

        Raises:
            ModelCallError: The model gave no usable answer, or was not asked.
        """
        attempt = self._begin(input)
        declared = self._models.declared(input.plan.tools)
        conversation: Sequence[BaseMessage] = fit(
            input.messages, self.place.settings.max_input_tokens
        )
        admission = await self._breakers.admit(self._breaker_keys)
        if skipped := await self._skipped(input, admission, conversation):
            return self._fail(input, attempt.ended(Outcome.SKIPPED, skipped), skipped)
        one_call = bool(input.plan.again) or admission.probe
        retries = Retries(0 if one_call else self._tries(input), self._policy.longest_pause)
        words_only = False
        while True:
            input.attempts.on_asking(self.place.name, self.place.model)
            attempt = self._begin(input)
            result = await self._ask(input, attempt, conversation, config, words_only)
            verdict = result.verdict or unasked(result.answer, input.plan, declared)
            if result.answer is not None and verdict is None:
                self._breakers.succeeded(self._breaker_keys)
                input.attempts.add(attempt.ended(Outcome.ANSWERED, result=result))
                return self._passed_on(input, result.answer, conversation, words_only)
            verdict = verdict or Verdict(FailureKind.MALFORMED_RESPONSE)
            verdict = redacted(with_variable(verdict), self.place, conversation)
            if answer := self._repaired(input, result, verdict, declared):
                self._breakers.succeeded(self._breaker_keys)
                input.attempts.add(attempt.ended(Outcome.REPAIRED, verdict, result))
                return self._passed_on(input, answer, conversation, words_only)
            if input.handed_on:  # nobody may join two halves
                self._count(verdict)
                break
            if not words_only and self._shaping.may_do_without(verdict, conversation):
                words_only = True
                input.attempts.add(attempt.ended(Outcome.RETRIED, verdict, result))
                continue
            time_left = input.plan.deadline - self._clock.monotonic()
            retry = retries.after(verdict, conversation, time_left)
            opened = (retry is None or passes(verdict.kind)) and self._count(verdict)
            if retry is None or opened:
                break
            input.attempts.add(attempt.ended(Outcome.RETRIED, verdict, result))
            conversation = retry.conversation
            await self._clock.sleep(retry.pause)
        self._quota.learn(verdict)
        failed = attempt.ended(Outcome.FAILED, verdict, result, is_last=input.handed_on)
        return self._fail(input, failed, verdict)

    def declare(self, tools: ToolSet) -> None:
        """Prepare the declarations of tools ahead of the first call."""
        self._models.declared(tools)

    async def warm(self, tools: ToolSet) -> None:
        """Get ready ahead of the first call: breakers, quotas, and the running loop's client."""
        await self._breakers.refresh()
        await self._quota.ready()
        with suppress(NotOpenedError):  # the first call tells it
            await self._models.get(tools)

    async def model(self, tools: ToolSet = NO_TOOLS) -> Runnable[Any, Any]:
        """Return the chat model with some tools, open for the running loop.

        Raises:
            NotOpenedError: Its client can't be opened.
        """
        return (await self._models.get(tools)).model

    async def close_here(self) -> None:
        """Close the running loop's client."""
        await self._models.close_here()

    def _tries(self, call: ModelCall) -> int:
        """Return how many quick tries a passing fault gets."""
        most = call.plan.retries
        return self._policy.retries if most is None else min(self._policy.retries, most)

    def _begin(self, call: ModelCall) -> RunningAttempt:
        return RunningAttempt(self.place, call.plan, self._policy.failover_on, self._clock)

    def _count(self, verdict: Verdict) -> bool:
        """Count a failed call at the breaker; say whether that leaves it open."""
        wait = self.place.wait(verdict, self._clock.now())
        return self._breakers.failed(self._breaker_keys, verdict, wait)

    async def _skipped(
        self, call: ModelCall, admission: Admission, conversation: Sequence[BaseMessage]
    ) -> Verdict | None:
        """Return why the model gets no call now: an open breaker, or too little quota.

        Where all have failed, neither our own pause after a passing fault nor our own count of
        a quota keeps anybody from an answer.
        """
        if not admission.allowed:
            our_pause = admission.kind is not None and guessed(admission.kind)
            return None if call.plan.again and our_pause else _open_verdict(admission, self._clock)
        await self._quota.ready()
        if call.plan.following(self.place.name) is None or call.plan.again:
            return None
        verdict = self._quota.verdict(conversation, self._tool_tokens(call))
        if verdict is not None:
            self._breakers.released(self._breaker_keys)
        return verdict

    async def _ask(
        self,
        call: ModelCall,
        attempt: RunningAttempt,
        conversation: Sequence[BaseMessage],
        config: RunnableConfig | None,
        words_only: bool,
    ) -> StreamResult:
        """Call the model once; a caller who gives up frees the place of a probe."""
        if call.receiver is not None:
            call.receiver.begin()
        try:
            asked = await self._models.get(call.plan.tools, call.plan.options)
        except NotOpenedError as error:
            return StreamResult(None, error.verdict)
        messages = self._shaping.shaped(conversation, words_only)
        limits = self._limits(call, call.plan.deadline - attempt.began)
        estimate = self._quota.sent(conversation, self._tool_tokens(call))
        try:
            result = await read_stream(
                asked.model,
                messages,
                config,
                limits,
                self._clock,
                options=asked.options,
                expected=Expected.of(call.plan),
                receiver=call.receiver,
            )
        except asyncio.CancelledError:
            self._breakers.released(self._breaker_keys)
            call.attempts.add(attempt.ended(Outcome.CANCELLED))
            raise
        self._quota.ended(estimate, result.tokens)
        return result

    def _limits(self, call: ModelCall, time_left: float) -> TimeLimits:
        """Return the time limits of a call that begins now.

        The first token of the last model of the chain may take its share of the turn: those
        who may get a second chance after it have theirs. At a second chance it may take all.
        """
        limits = self._policy.limits
        attempt, first_token = min(limits.attempt, time_left), limits.first_token
        if call.plan.again or call.plan.following(self.place.name) is None:
            failures = () if call.plan.again else call.attempts.latest()
            others = sum(
                failure.place != self.place.name and second_chance(failure, time_left) is not None
                for failure in failures
            )
            first_token = max(first_token, time_left / (1 + others))
        return replace(limits, attempt=attempt, first_token=first_token)

    def _tool_tokens(self, call: ModelCall) -> int:
        return self._models.declared(call.plan.tools).tokens

    def _repaired(
        self, call: ModelCall, result: StreamResult, verdict: Verdict, declared: DeclaredTools
    ) -> AIMessage | None:
        """Return what a broken answer was meant to be; no other text, once a part has left us."""
        answer = repaired(result, verdict, call.plan, declared)
        if answer is not None and call.handed_on and result.answer is None and answer.text:
            return None
        return answer

    def _passed_on(
        self,
        call: ModelCall,
        answer: AIMessage,
        conversation: Sequence[BaseMessage],
        words_only: bool,
    ) -> AIMessage:
        """Return an answer with the names of who gave it, and what that model was not shown."""
        if words_only:
            self._shaping.did_without(conversation)
        tools = call.plan.tools
        kept = passed_on(answer, self.place, tools, self._models.declared(tools))
        sent = partial(self._shaping.shaped, conversation, words_only)
        return with_unseen(kept, conversation, sent, self.place.label)

    def _fail(self, call: ModelCall, attempt: Attempt, verdict: Verdict) -> AIMessage:
        call.attempts.add(attempt)
        raise error_of(verdict, goes_over=attempt.goes_over)


def _open_verdict(admission: Admission, clock: Clock) -> Verdict:
    """Return the verdict on a model that is skipped because its breaker is open."""
    until = admission.until or clock.now()
    seconds = max(0.0, (until - clock.now()).total_seconds())
    kind = admission.kind or FailureKind.UNAVAILABLE
    return Verdict(kind, detail=f"breaker open for {seconds:.0f} s", retry_after=seconds)
