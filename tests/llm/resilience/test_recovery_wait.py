"""What happens after the last model has failed: one more try, a wait first, or neither."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig

from app.llm.attempts import Attempts
from app.llm.call import ChainStep, ModelCall
from app.llm.declarations.tool_set import ToolSet
from app.llm.failures import ModelCallError, Verdict
from app.llm.plan import Plan
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
    """A model that fails so often, then answers with its name; it keeps the plans that it got."""

    def __init__(self, name: str, *failures: Attempt) -> None:
        self.place, self.failures = name, list(failures)
        self.plans: list[Plan] = []

    async def ainvoke(
        self, input: ModelCall, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        self.plans.append(input.plan)
        if self.failures:
            failure = self.failures.pop(0)
            input.attempts.add(failure)
            raise ModelCallError(Verdict(FailureKind(str(failure.kind))))
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
        gemini: Sequence[Attempt] = (),
        groq: Sequence[Attempt] = (),
        seconds: float = DEADLINE,
        needless: Callable[[Sequence[BaseMessage]], bool] = lambda messages: False,
        chance: float = 0.0,
    ) -> None:
        self.clock = StillClock()
        self.models = {"gemini": Model("gemini", *gemini), "groq": Model("groq", *groq)}
        self.waited: list[Attempt] = []
        self.asked_again: list[tuple[str | None, str]] = []
        attempts = Attempts(
            on_waiting=self.waited.append,
            on_asking_again=lambda last, place: self.asked_again.append((last.message_id, place)),
            made=list(made),
        )
        plan = Plan(("gemini", "groq"), seconds, ToolSet(()))
        self._call = ModelCall([HumanMessage("hi")], attempts, plan)
        self._step = RecoveryWait(self.models, self.clock, needless, lambda: chance)

    @property
    def calls(self) -> tuple[int, int]:
        """Return how often Gemini and Groq were asked again."""
        return len(self.models["gemini"].plans), len(self.models["groq"].plans)

    def answer(self) -> str:
        """Return who answers; raise the error where nobody does."""
        return asyncio.run(self._step.ainvoke(self._call)).text


def test_model_whose_stated_wait_is_shortest_gets_one_more_try_after_it() -> None:
    ending = Ending(waits("gemini", 26), waits("groq", 9))
    assert ending.answer() == "groq"
    assert ending.clock.slept == [9]
    assert [(made.place, made.wait) for made in ending.waited] == [("groq", 9)]
    (plan,) = ending.models["groq"].plans
    assert (plan.position("groq"), plan.following("groq")) == (1, "gemini")


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
        held_back("gemini", 3600), waits("groq", 9), gemini=[failed("gemini", "unavailable")] * 2
    )
    assert ending.answer() == "groq"
    assert ending.clock.slept == [0.5, 8.5]


def test_refusal_of_the_one_held_back_is_not_taken_to_another_model() -> None:
    blocked = failed("gemini", "blocked", goes_over=False)
    ending = Ending(held_back("gemini", 3600), waits("groq", 9), gemini=[blocked])
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


PASSING = ["unavailable", "server_error", "connection", "malformed_response", "timeout"]
FOR_GOOD = [
    *("auth", "permission", "model_not_found", "context_overflow", "tool_use_failed", "blocked"),
    *("invalid_request", "rate_limit", "quota_daily"),
]


@pytest.mark.parametrize("kind", PASSING)
def test_fault_that_passes_gets_one_more_try_after_half_a_second(kind: str) -> None:
    ending = Ending(failed("gemini", kind), failed("groq", "auth"))
    assert ending.answer() == "gemini"
    assert (ending.clock.slept, ending.calls) == ([0.5], (1, 0))


@pytest.mark.parametrize("kind", FOR_GOOD)
def test_what_a_moment_does_not_cure_gets_no_second_chance(kind: str) -> None:
    ending = Ending(failed("gemini", kind), failed("groq", kind))
    with pytest.raises(ModelCallError):
        ending.answer()
    assert (ending.clock.slept, ending.calls) == ([], (0, 0))


def test_everybody_who_may_answer_is_tried_once_more_after_one_pause() -> None:
    busy = {"gemini": "unavailable", "groq": "server_error"}
    made = [failed(place, kind) for place, kind in busy.items()]
    ending = Ending(*made, gemini=made[:1])
    assert ending.answer() == "groq"
    assert sum(ending.clock.slept) == 0.5
    for_good = Ending(*made, gemini=made[:1] * 2, groq=made[1:] * 2)
    with pytest.raises(ModelCallError, match="server_error"):
        for_good.answer()
    assert (for_good.calls, sum(for_good.clock.slept)) == ((1, 1), 0.5)


def test_silent_model_is_tried_last_because_that_costs_the_turns_time() -> None:
    made = [failed("gemini", "timeout"), failed("groq", "malformed_response")]
    assert Ending(*made).answer() == "groq"


def test_two_stated_waits_are_sat_out_one_after_the_other() -> None:
    made = [waits("gemini", 3), waits("groq", 2)]
    ending = Ending(*made, groq=made[1:])
    assert ending.answer() == "gemini"
    assert ending.clock.slept == [2, 1]
    assert [(each.place, each.wait) for each in ending.waited] == [("groq", 2), ("gemini", 1)]


def test_model_that_says_at_its_second_chance_when_it_is_back_gets_a_last_one() -> None:
    limited = waits("gemini", 4)
    ending = Ending(failed("gemini", "unavailable"), failed("groq", "auth"), gemini=[limited])
    assert ending.answer() == "gemini"
    assert ending.clock.slept == [0.5, 4]
    again = Ending(failed("gemini", "unavailable"), failed("groq", "auth"), gemini=[limited] * 9)
    with pytest.raises(ModelCallError, match="rate_limit"):
        again.answer()
    assert again.calls == (2, 0)


def test_wait_of_a_passing_fault_that_is_too_long_for_the_turn_is_not_taken_at_its_word() -> None:
    ending = Ending(failed("gemini", "unavailable", wait=300, waiting_helps=True))
    assert (ending.answer(), ending.clock.slept) == ("gemini", [0.5])


@pytest.mark.parametrize("kind", [*PASSING, "invalid_request"])
def test_model_that_our_breaker_keeps_out_by_a_guess_gets_a_second_chance(kind: str) -> None:
    skipped = failed("gemini", kind, outcome="skipped", wait=40.0, waiting_helps=True)
    ending = Ending(skipped, failed("groq", "auth"))
    assert (ending.answer(), ending.clock.slept) == ("gemini", [0.5])


@pytest.mark.parametrize(("seconds", "calls"), [(1.4, (0, 0)), (1.5, (1, 0))])
def test_no_second_chance_begins_that_leaves_no_second_of_the_turn(
    seconds: float, calls: tuple[int, int]
) -> None:
    ending = Ending(failed("gemini", "unavailable"), seconds=seconds)
    with contextlib.suppress(ModelCallError):
        ending.answer()
    assert ending.calls == calls


def test_who_watches_hears_who_gets_a_second_chance_and_what_no_longer_counts() -> None:
    cut = failed("groq", "malformed_response", message_id="run-1")
    ending = Ending(failed("gemini", "unavailable"), cut, gemini=[failed("gemini", "timeout")])
    ending.answer()
    assert ending.asked_again[0] == ("run-1", "gemini")
    waited = Ending(failed("groq", "rate_limit", message_id="run-2", wait=2, waiting_helps=True))
    waited.answer()
    assert waited.asked_again == [("run-2", "groq")]


def test_pauses_are_spread_so_that_many_turns_do_not_come_back_at_once() -> None:
    ending = Ending(failed("gemini", "unavailable"), chance=1.0)
    assert (ending.answer(), ending.clock.slept) == ("gemini", [0.4])
