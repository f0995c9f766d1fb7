"""What a guard does around one model, without any server: breaker, quota, tries, tools, record."""

import asyncio
from dataclasses import replace

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.tools import tool

from app.llm.declarations.tool_set import ToolSet
from app.llm.failures import ModelCallError, Verdict
from app.llm.resilience.breaker_policy import BreakerState, breaker_state
from app.settings import FailureKind
from app.telemetry import Attempt, Tokens
from tests.llm.scripted import ProviderSaidError, Scripted, usage

BUSY = ProviderSaidError(503, "overloaded")
CALLS_ADD = AIMessageChunk(
    content="",
    tool_calls=[{"name": "add", "args": {"title": "x"}, "id": "1", "type": "tool_call"}],
    response_metadata={"finish_reason": "tool_calls"},
)


@tool
def add(title: str) -> str:
    """Add a task."""
    return title


@tool
def drop(title: str) -> str:
    """Remove a task."""
    return title


def ended(made: list[Attempt]) -> list[tuple[str, str | None]]:
    return [(str(attempt.outcome), attempt.kind) for attempt in made]


def state(scripted: Scripted, which: str) -> BreakerState | None:
    standing = scripted.breakers.standings().get(getattr(scripted.place.breakers, which))
    return breaker_state(standing, scripted.clock.now()) if standing else None


def half_open(scripted: Scripted) -> None:
    """Let the breaker of the model be due for a probe."""
    scripted.breakers.failed(scripted.place.breakers, Verdict(FailureKind.RATE_LIMIT), 26.0)
    scripted.clock.move(seconds=30)
    assert state(scripted, "model") is BreakerState.HALF_OPEN


def free(scripted: Scripted) -> bool:
    """Say whether the place of a probe is free."""
    standing = scripted.breakers.standings()[scripted.place.breakers.model]
    return standing.probe_until is None


def test_answer_says_which_place_and_model_gave_it_and_what_it_cost() -> None:
    scripted = Scripted(usage(100, 5, cached=80), name="groq")
    call = scripted.call()
    answer = asyncio.run(scripted.guard.ainvoke(call))
    assert answer.response_metadata["provider"] == "groq"
    assert answer.response_metadata["model"] == "openai/gpt-oss-20b"
    (made,) = call.attempts.made
    assert made.tokens == Tokens(100, 5, cached=80)
    assert (made.label, made.position, made.first_token_ms is not None) == ("Groq", 0, True)


def test_failure_says_why_who_follows_and_that_it_goes_over() -> None:
    scripted = Scripted(BUSY)
    (made,) = asyncio.run(scripted.ask("groq")).attempts.made
    assert (made.kind, made.error, made.status) == ("unavailable", "UnavailableError", 503)
    assert (made.following, made.goes_over, made.waiting_helps) == ("groq", True, True)
    (last,) = asyncio.run(Scripted(BUSY).ask()).attempts.made
    assert (last.following, last.goes_over) == (None, True)


def test_refusal_for_safety_goes_over_to_nobody() -> None:
    blocked = ProviderSaidError(400, "no", code="content_filter")
    (made,) = asyncio.run(Scripted(blocked).ask("groq")).attempts.made
    assert (made.kind, made.following, made.goes_over) == ("blocked", None, False)


def test_what_the_provider_echoes_is_not_in_the_attempt() -> None:
    echo = ProviderSaidError(400, "bad: Hello there with AIza-fake and sk-12345678")
    (made,) = asyncio.run(Scripted(echo).ask()).attempts.made
    assert made.detail == "bad: [message] with [redacted] and [redacted]"


def test_quick_tries_are_made_at_the_same_model_and_noted() -> None:
    scripted = Scripted(BUSY, BUSY, "Hi.", retries=2)
    before = scripted.clock.now()
    call = asyncio.run(scripted.ask("groq"))
    retried = ("retried", "unavailable")
    assert ended(call.attempts.made) == [retried, retried, ("answered", None)]
    assert {attempt.following for attempt in call.attempts.made} == {None}
    assert (scripted.clock.now() - before).total_seconds() == pytest.approx(0.2 + 0.4)
    assert scripted.breakers.standings() == {}


def test_open_breaker_costs_no_call() -> None:
    scripted = Scripted("Hi.")
    scripted.breakers.failed(scripted.place.breakers, Verdict(FailureKind.RATE_LIMIT), 26.0)
    (made,) = asyncio.run(scripted.ask("groq")).attempts.made
    assert (str(made.outcome), made.kind, made.wait) == ("skipped", "rate_limit", 26)
    assert made.detail == "breaker open for 26 s"
    assert scripted.played.asked == []


def test_probe_that_answers_closes_the_breaker() -> None:
    scripted = Scripted("Hi.")
    half_open(scripted)
    assert ended(asyncio.run(scripted.ask()).attempts.made) == [("answered", None)]
    assert scripted.breakers.standings() == {}


@pytest.mark.parametrize("retries", [0, 2])
def test_look_at_a_model_that_may_be_back_is_one_call(retries: int) -> None:
    scripted = Scripted(BUSY, retries=retries)
    half_open(scripted)
    assert ended(asyncio.run(scripted.ask("groq")).attempts.made) == [("failed", "unavailable")]
    assert len(scripted.played.asked) == 1
    assert state(scripted, "model") is BreakerState.OPEN


def test_look_gets_no_quick_try_after_a_short_stated_wait_either() -> None:
    scripted = Scripted(ProviderSaidError(429, "Please try again in 1s"), retries=2)
    half_open(scripted)
    assert ended(asyncio.run(scripted.ask("groq")).attempts.made) == [("failed", "rate_limit")]


def test_second_chance_gets_no_quick_tries() -> None:
    scripted = Scripted(BUSY, retries=2)
    call = scripted.call()
    again = replace(call, plan=call.plan.asking_again(("gemini",)))
    with pytest.raises(ModelCallError):
        asyncio.run(scripted.guard.ainvoke(again))
    assert ended(call.attempts.made) == [("failed", "unavailable")]


def test_each_quick_try_counts_and_the_third_failure_is_the_last_call() -> None:
    scripted = Scripted(BUSY, retries=1)
    retried, failed = ("retried", "unavailable"), ("failed", "unavailable")
    first, second = (asyncio.run(scripted.ask("groq")).attempts.made for _ in range(2))
    assert (ended(first), ended(second)) == ([retried, failed], [failed])
    assert state(scripted, "model") is BreakerState.OPEN


def test_limit_that_is_short_enough_to_wait_for_opens_nothing_before_the_next_try() -> None:
    limited = ProviderSaidError(429, "Please try again in 1s")
    scripted = Scripted(limited, "Hi.", retries=1)
    made = asyncio.run(scripted.ask("groq")).attempts.made
    assert ended(made) == [("retried", "rate_limit"), ("answered", None)]


def test_second_chance_is_one_call_which_our_own_pause_does_not_keep_out() -> None:
    scripted = Scripted(BUSY, retries=2)
    for _ in range(3):
        scripted.breakers.failed(scripted.place.breakers, Verdict(FailureKind.UNAVAILABLE), None)
    before = scripted.breakers.standings()[scripted.place.breakers.model].open_until
    call = scripted.call("groq")
    again = replace(call, plan=call.plan.asking_again(("gemini", "groq")))
    with pytest.raises(ModelCallError):
        asyncio.run(scripted.guard.ainvoke(again))
    assert ended(call.attempts.made) == [("failed", "unavailable")]
    after = scripted.breakers.standings()[scripted.place.breakers.model].open_until
    assert after == before


def test_our_count_holds_nothing_back_at_a_second_chance() -> None:
    scripted = Scripted("Hi.", gemini_limits="1 requests/day")
    asyncio.run(scripted.ask())
    call = scripted.call("groq")
    again = replace(call, plan=call.plan.asking_again(("gemini", "groq")))
    assert asyncio.run(scripted.guard.ainvoke(again)).text == "Hi."


def test_second_chance_keeps_to_what_a_provider_stated() -> None:
    scripted = Scripted("Hi.")
    scripted.breakers.failed(scripted.place.breakers, Verdict(FailureKind.RATE_LIMIT), 26.0)
    call = scripted.call()
    again = replace(call, plan=call.plan.asking_again(("gemini",)))
    with pytest.raises(ModelCallError):
        asyncio.run(scripted.guard.ainvoke(again))
    assert ended(call.attempts.made) == [("skipped", "rate_limit")]


def test_model_that_breaks_its_tool_calls_gets_two_requests_and_no_more() -> None:
    invented = ProviderSaidError(400, "there is no tool nap", code="tool_use_failed")
    scripted = Scripted(invented, name="groq", retries=2)
    made = asyncio.run(scripted.ask("gemini")).attempts.made
    assert ended(made) == [("retried", "tool_use_failed"), ("failed", "tool_use_failed")]
    assert made[-1].following == "gemini"
    assert "there is no tool nap" in scripted.played.asked[1][-1].text


def test_caller_who_gives_up_during_a_probe_frees_its_place_at_once() -> None:
    scripted = Scripted(None)
    half_open(scripted)
    call = scripted.call()

    async def give_up() -> None:
        asking = asyncio.create_task(scripted.guard.ainvoke(call))
        await scripted.played.started.wait()
        assert not free(scripted)
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()

    asyncio.run(give_up())
    assert free(scripted)
    assert ended(call.attempts.made) == [("cancelled", None)]
    assert state(scripted, "model") is BreakerState.HALF_OPEN


def test_request_that_our_count_holds_back_frees_the_place_of_a_probe() -> None:
    scripted = Scripted("Hi.", gemini_limits="1 requests/day")
    asyncio.run(scripted.ask("groq"))
    half_open(scripted)
    call = asyncio.run(scripted.ask("groq"))
    assert ended(call.attempts.made) == [("skipped", "quota_daily")]
    assert call.attempts.made[0].estimated
    assert free(scripted)


def test_our_count_holds_nothing_back_from_the_last_model() -> None:
    scripted = Scripted("Hi.", gemini_limits="1 requests/day")
    for _ in range(2):
        assert ended(asyncio.run(scripted.ask()).attempts.made) == [("answered", None)]


def test_failure_opens_the_breaker_that_it_concerns() -> None:
    rejected, gone = ProviderSaidError(401, "bad key"), ProviderSaidError(404, "no such model")
    for error, opened, other in ((rejected, "key", "model"), (gone, "model", "key")):
        scripted = Scripted(error)
        asyncio.run(scripted.ask("groq"))
        assert state(scripted, opened) is BreakerState.OPEN
        assert state(scripted, other) is None


def test_wait_for_a_days_quota_of_gemini_is_until_midnight_pacific_whatever_it_states() -> None:
    daily = ProviderSaidError(429, "10 requests per day. Please retry in 51s")
    scripted = Scripted(daily)
    (made,) = asyncio.run(scripted.ask("groq")).attempts.made
    assert (made.kind, made.wait) == ("quota_daily", 4.5 * 3600)  # 19:30 in California


def test_zero_quota_is_never_back_at_midnight() -> None:
    zero = ProviderSaidError(429, "Quota exceeded, limit: 0, model: m\nPlease retry in 51s")
    (made,) = asyncio.run(Scripted(zero).ask("groq")).attempts.made
    assert (made.kind, made.no_quota, made.waiting_helps) == ("quota_daily", True, False)
    assert made.wait == 51


def test_no_attempt_lasts_longer_than_the_turn_has_left() -> None:
    scripted = Scripted(None)
    call = scripted.call(seconds=-1)
    with pytest.raises(ModelCallError, match=r"no answer within 0.0 s"):
        asyncio.run(scripted.guard.ainvoke(call))


def test_tools_are_bound_once_for_each_set_and_choice_of_a_loop() -> None:
    scripted = Scripted(CALLS_ADD, name="groq")
    sets = [ToolSet([add]), ToolSet([add]), ToolSet([add, drop]), ToolSet([add], "any")]

    async def ask_with_each() -> None:
        await scripted.guard.warm(sets[0])
        for tools in sets * 2:
            await scripted.guard.ainvoke(scripted.call(tools=tools))

    asyncio.run(ask_with_each())
    bound = [(["add"], None), (["add", "drop"], None), (["add"], "required")]
    assert scripted.played.bound == bound
    assert len(scripted.played.asked) == 8


def test_rejected_tool_call_is_read_back_with_the_tools_of_the_call() -> None:
    generation = '<function=drop>{"title": "x"}</function>'
    rejected = ProviderSaidError(
        400, "failed", code="tool_use_failed", failed_generation=generation
    )
    for tools, calls in ((ToolSet([drop]), ["drop"]), (ToolSet([add]), None)):
        scripted = Scripted(rejected, name="groq")
        call = scripted.call(tools=tools)
        if calls:
            answer = asyncio.run(scripted.guard.ainvoke(call))
            assert [each["name"] for each in answer.tool_calls] == calls
            assert ended(call.attempts.made) == [("repaired", "tool_use_failed")]
        else:
            with pytest.raises(ModelCallError):
                asyncio.run(scripted.guard.ainvoke(call))
            again = [("retried", "tool_use_failed"), ("failed", "tool_use_failed")]
            assert ended(call.attempts.made) == again
            assert "Your tool call was rejected" in scripted.played.asked[1][-1].text


def test_watchers_hear_of_each_question_and_each_end() -> None:
    scripted = Scripted(BUSY, "Hi.", retries=1)
    call, heard = scripted.call(), list[object]()
    call.attempts.on_asking = lambda *asked: heard.append(asked)
    call.attempts.on_attempt = lambda attempt: heard.append(str(attempt.outcome))
    asyncio.run(scripted.guard.ainvoke(call))
    asked = ("gemini", "gemini-3.5-flash-lite")
    assert heard == [asked, "retried", asked, "answered"]
