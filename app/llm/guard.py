"""Stand before one model: ask its breaker, shape its history, judge and record its answer."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall
from langchain_core.runnables import Runnable, RunnableConfig

from ..clock import Clock
from ..settings import GOES_OVER, FailureKind
from ..telemetry import Attempt, Outcome
from .bound_models import BoundModels
from .call import ChainStep, ModelCall
from .failures import Verdict, error_of
from .messages import (
    PROVIDER,
    SIGNER,
    fit,
    is_signed,
    read_back,
    undeclared,
    with_declared_names,
    with_unseen,
    without_thoughts,
)
from .plan import ToolSet
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
from .stream import StreamResult, TimeLimits, read_stream
from .wire import without_markup

MODEL = "model"
"""Key in `response_metadata` of the model that gave the answer."""


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
        self._shaping = Shaping(place)

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
        conversation: Sequence[BaseMessage] = fit(
            input.messages, self.place.settings.max_input_tokens
        )
        admission = await self._breakers.admit(self._breaker_keys)
        if skipped := await self._skipped(input, admission, conversation):
            return self._fail(input, attempt.ended(Outcome.SKIPPED, skipped), skipped)
        one_call = bool(input.plan.again) or admission.probe
        retries = Retries(0 if one_call else self._policy.retries, self._policy.longest_pause)
        words_only = False
        while True:
            input.attempts.on_asking(self.place.name, self.place.model)
            attempt = self._begin(input)
            result = await self._ask(input, attempt, conversation, config, words_only)
            verdict = result.verdict or self._call_verdict(result, input.plan.tools)
            if result.answer is not None and verdict is None:
                self._breakers.succeeded(self._breaker_keys)
                input.attempts.add(attempt.ended(Outcome.ANSWERED, result=result))
                return self._labelled(result.answer, conversation, words_only)
            verdict = verdict or Verdict(FailureKind.MALFORMED_RESPONSE)
            verdict = redacted(with_variable(verdict), self.place, conversation)
            if repaired := self._repaired(result, verdict, input.plan.tools):
                self._breakers.succeeded(self._breaker_keys)
                input.attempts.add(attempt.ended(Outcome.REPAIRED, verdict, result))
                return self._labelled(repaired, conversation, words_only)
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
        return self._fail(input, attempt.ended(Outcome.FAILED, verdict, result), verdict)

    def declare(self, tools: ToolSet) -> None:
        """Prepare the declarations of tools ahead of the first call."""
        self._models.declared(tools)

    async def warm(self, tools: ToolSet) -> None:
        """Get ready ahead of the first call: breakers, quotas, and the running loop's client."""
        await self._breakers.refresh()
        await self._quota.ready()
        with suppress(NotOpenedError):  # the first call tells it
            await self.model(tools)

    async def model(self, tools: ToolSet) -> Runnable[Any, Any]:
        """Return the chat model with these tools, open for the running loop."""
        return await self._models.get(tools)

    async def close_here(self) -> None:
        """Close the running loop's client."""
        await self._models.close_here()

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
        messages = self._shaping.shaped(conversation, words_only)
        try:
            model = await self.model(call.plan.tools)
        except NotOpenedError as error:
            return StreamResult(None, error.verdict)
        limits = self._limits(call, call.plan.deadline - attempt.began)
        estimate = self._quota.sent(conversation, self._tool_tokens(call))
        try:
            result = await read_stream(model, messages, config, limits, self._clock)
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

    def _call_verdict(self, result: StreamResult, tools: ToolSet) -> Verdict | None:
        """Return the verdict on calls whose names aren't the declared ones; None where they are."""
        schemas = self._models.declared(tools).schemas
        calls = result.answer.tool_calls if result.answer is not None else []
        strange = next((call["name"] for call in calls if call["name"] not in schemas), None)
        if strange is None:
            return None
        detail = f'there is no tool "{strange[:64]}"'
        return Verdict(FailureKind.TOOL_USE_FAILED, detail=detail)

    def _repaired(self, result: StreamResult, verdict: Verdict, tools: ToolSet) -> AIMessage | None:
        """Return the answer that a rejected tool call was meant to be, where that is certain."""
        schemas = self._models.declared(tools).schemas
        if result.answer is not None:
            known = undeclared(result.answer, schemas) is None
            return with_declared_names(result.answer, schemas) if known else None
        repaired = read_back(without_markup(verdict.generation), schemas)
        if repaired is None:
            return None
        if not repaired.calls and verdict.kind is not FailureKind.TOOL_USE_FAILED:
            return None  # said about a call, not to the person
        calls = [
            ToolCall(name=call.name, args=call.args, id=f"call_{n}", type="tool_call")
            for n, call in enumerate(repaired.calls)
        ]
        return AIMessage(content=repaired.text, tool_calls=calls)

    def _labelled(
        self, answer: AIMessage, conversation: Sequence[BaseMessage], words_only: bool
    ) -> AIMessage:
        """Return an answer with the names of who gave it, and what that model was not shown."""
        if words_only:
            self._shaping.did_without(conversation)
        names = {PROVIDER: self.place.name, MODEL: self.place.model}
        if is_signed(answer):
            names[SIGNER] = self.place.signer
        sent = partial(self._shaping.shaped, conversation, words_only)
        kept = with_unseen(without_thoughts(answer), conversation, sent, self.place.label)
        return kept.model_copy(update={"response_metadata": kept.response_metadata | names})

    def _fail(self, call: ModelCall, attempt: Attempt, verdict: Verdict) -> AIMessage:
        call.attempts.add(attempt)
        raise error_of(verdict, goes_over=attempt.goes_over)


def _open_verdict(admission: Admission, clock: Clock) -> Verdict:
    """Return the verdict on a model that is skipped because its breaker is open."""
    until = admission.until or clock.now()
    seconds = max(0.0, (until - clock.now()).total_seconds())
    kind = admission.kind or FailureKind.UNAVAILABLE
    return Verdict(kind, detail=f"breaker open for {seconds:.0f} s", retry_after=seconds)
