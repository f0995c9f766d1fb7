"""What happens after the last model has failed: one more try, a wait first, or neither."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig

from app.llm.attempts import Attempts
from app.llm.call import ChainStep, ModelCall
from app.llm.failures import ModelCallError, Verdict
from app.llm.plan import Plan, ToolSet
from app.llm.resilience.recovery_wait import RecoveryWait
from app.settings import FailureKind
from app.telemetry import Attempt
from tests.telemetry.entries import attempt

DEADLINE = 60.0


class StillClock:
    """A clock whose two scales move when somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> Any:
        """Return nothing: no step here asks for the instant."""
        raise AssertionError

    def monotonic(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Model(ChainStep):
    """A model that answers with its name, or fails; it keeps the plans that it got."""

    def __init__(self, name: str, fails_with: Attempt | None = None) -> None:
        self.place, self.fails_with = name, fails_with
        self.plans: list[Plan] = []

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        self.plans.append(input.plan)
        if self.fails_with is not None:
            input.attempts.add(self.fails_with)
            raise ModelCallError(Verdict(FailureKind(str(self.fails_with.kind))))
        return AIMessage(self.place)


def failed(place: str, kind: str, **more: Any) -> Attempt:
    position = ["gemini", "groq"].index(place)
    told: dict[str, Any] = {"place": place, "position": position, "kind": kind, "goes_over": True}
    return attempt(**{"outcome": "failed"} | told | more)


def waits(place: str, seconds: float | None, **more: Any) -> Attempt:
    return failed(place, "rate_limit", wait=seconds, waiting_helps=True, **more)


def held_back(place: str, seconds: float) -> Attempt:
    return waits(place, seconds, outcome="skipped", estimated=True)


class Ending:
    """The end of a chain of two models after some attempts."""

    def __init__(
        self,
        *made: Attempt,
        gemini: Attempt | None = None,
        needless: Callable[[Sequence[BaseMessage]], bool] = lambda messages: False,
    ) -> None:
        self.clock = StillClock()
        self.models = {"gemini": Model("gemini", gemini), "groq": Model("groq")}
        self.waited: list[Attempt] = []
        attempts = Attempts(on_waiting=self.waited.append, made=list(made))
        plan = Plan(("gemini", "groq"), DEADLINE, ToolSet(()))
        self._call = ModelCall([HumanMessage("hi")], attempts, plan)
        self._step = RecoveryWait(self.models, self.clock, needless)

    def answer(self) -> str:
        return asyncio.run(self._step.ainvoke(self._call)).text


def test_model_whose_stated_wait_is_shortest_gets_one_more_try_after_it() -> None:
    ending = Ending(waits("gemini", 26), waits("groq", 9))
    assert ending.answer() == "groq"
    assert ending.clock.slept == [9]
    assert [(made.place, made.wait) for made in ending.waited] == [("groq", 9)]
    (plan,) = ending.models["groq"].plans
    assert (plan.position("groq"), plan.following("groq")) == (1, None)


def test_nobody_is_asked_after_the_one_that_is_asked_again() -> None:
    ending = Ending(waits("gemini", 9), failed("groq", "auth"))
    assert ending.answer() == "gemini"
    (plan,) = ending.models["gemini"].plans
    assert (plan.position("gemini"), plan.following("gemini")) == (0, None)


@pytest.mark.parametrize(("seconds", "waited"), [(59.0, [59.0]), (59.1, [])])
def test_no_wait_begins_that_leaves_no_second_of_the_turn(
    seconds: float, waited: list[float]
) -> None:
    ending = Ending(waits("gemini", seconds), failed("groq", "auth"))
    if waited:
        assert ending.answer() == "gemini"
    else:
        with pytest.raises(ModelCallError, match="auth"):
            ending.answer()
    assert ending.clock.slept == waited


def test_what_waiting_does_not_cure_or_states_no_wait_ends_at_once() -> None:
    ending = Ending(failed("gemini", "auth", wait=3.0), waits("groq", None))
    with pytest.raises(ModelCallError, match="rate_limit"):
        ending.answer()
    assert ending.clock.slept == []


def test_last_attempt_at_a_model_counts_not_an_earlier_one() -> None:
    ending = Ending(waits("gemini", 3), failed("gemini", "auth"), failed("groq", "auth"))
    with pytest.raises(ModelCallError):
        ending.answer()


def test_model_that_our_own_count_held_back_is_asked_before_any_wait() -> None:
    ending = Ending(held_back("gemini", 3600), waits("groq", 9))
    assert ending.answer() == "gemini"
    assert (ending.clock.slept, ending.waited) == ([], [])
    (plan,) = ending.models["gemini"].plans
    assert plan.following("gemini") is None


def test_model_that_was_held_back_for_a_moment_is_waited_for_first() -> None:
    ending = Ending(held_back("gemini", 2), waits("groq", 9))
    assert ending.answer() == "gemini"
    assert ending.clock.slept == [2]


def test_turn_waits_for_the_other_where_the_one_held_back_fails_after_all() -> None:
    ending = Ending(
        held_back("gemini", 3600), waits("groq", 9), gemini=failed("gemini", "unavailable")
    )
    assert ending.answer() == "groq"
    assert ending.clock.slept == [9]


def test_refusal_of_the_one_held_back_is_not_taken_to_another_model() -> None:
    blocked = failed("gemini", "blocked", goes_over=False)
    ending = Ending(held_back("gemini", 3600), waits("groq", 9), gemini=blocked)
    with pytest.raises(ModelCallError, match="blocked"):
        ending.answer()
    assert ending.models["groq"].plans == []


def test_conversation_that_needs_no_model_waits_for_none() -> None:
    ending = Ending(waits("gemini", 2), needless=lambda messages: messages[-1].text == "hi")
    with pytest.raises(ModelCallError, match="rate_limit"):
        ending.answer()
    assert ending.clock.slept == []


def test_error_for_the_next_step_says_what_the_last_attempt_was() -> None:
    last = failed("groq", "auth", status=401, detail="bad key", wait=None)
    with pytest.raises(ModelCallError) as error:
        Ending(last).answer()
    verdict = error.value.verdict
    assert (verdict.kind, verdict.status, verdict.detail) == ("auth", 401, "bad key")
