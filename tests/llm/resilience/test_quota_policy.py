"""Whether a request fits into a place's quotas, by what is set, learned, told and counted."""

from dataclasses import replace

import pytest
from langchain_core.messages import HumanMessage

from app.llm.failures import Verdict
from app.llm.messages.trimming import estimate_tokens
from app.llm.providers.registry import places
from app.llm.resilience.quota import Quota
from app.settings import FailureKind, Limit, Settings, Window
from app.telemetry import QuotaSource, Tokens
from tests.fakes.clock import FixedClock
from tests.llm.memory import no_quotas

SAID = [HumanMessage("x" * 700)]
SIZE = estimate_tokens(SAID)
TOOLS = 50
OUTPUT = 1024
MINUTE, DAY = Window.TOKENS_A_MINUTE, Window.REQUESTS_A_DAY


class Counted:
    """The quotas of one place, on a clock that stands still."""

    def __init__(self, name: str = "gemini", limits: str | None = None) -> None:
        more = {f"{name}_limits": limits} if limits else {}
        settings = Settings(llm_chain=(name,), max_output_tokens=OUTPUT, **more)  # type: ignore[arg-type]
        (place,) = places(settings)
        self.clock = FixedClock()
        self.counters = no_quotas(self.clock)
        self.quota = Quota(place, self.counters, self.clock)
        self._key = place.breakers.model

    def used(self, window: Window) -> float:
        gauge = self.counters.gauge((self._key, window))
        return gauge.used_at(self.clock.now()) if gauge else 0

    def source(self, window: Window) -> tuple[QuotaSource, int]:
        gauge = self.counters.gauge((self._key, window))
        assert gauge is not None
        return gauge.source, gauge.amount

    def fits(self) -> bool:
        return self.quota.verdict(SAID, TOOLS) is None

    def wait(self) -> float | None:
        verdict = self.quota.verdict(SAID, TOOLS)
        return verdict.retry_after if verdict else None

    def send(self, tokens: Tokens | None = None) -> None:
        self.quota.ended(self.quota.sent(SAID, TOOLS), tokens)


def headers(limit: int, left: int, reset: str) -> dict[str, str]:
    told = {"limit": str(limit), "remaining": str(left), "reset": reset}
    return {f"x-ratelimit-{name}-tokens": value for name, value in told.items()}


def test_nothing_known_holds_nothing_back_and_counts_nothing() -> None:
    counted = Counted()
    counted.send(Tokens(100, 5))
    assert counted.fits()
    assert counted.used(MINUTE) == counted.used(DAY) == 0


def test_size_of_a_request_is_conversation_and_tools_and_for_groq_the_longest_answer() -> None:
    for name, size in (("gemini", SIZE + TOOLS), ("groq", SIZE + TOOLS + OUTPUT)):
        counted = Counted(name, f"{10 * size} tokens/minute")
        assert counted.quota.sent(SAID, TOOLS) == size
        assert counted.used(MINUTE) == size


def test_request_that_does_not_fit_says_when_it_will() -> None:
    counted = Counted("groq", f"{2 * (SIZE + TOOLS + OUTPUT) - 1} tokens/minute")
    assert counted.fits()
    counted.send(Tokens(SIZE + TOOLS, OUTPUT))
    verdict = counted.quota.verdict(SAID, TOOLS)
    assert verdict is not None
    assert (verdict.kind, verdict.retry_after, verdict.estimate) == (
        FailureKind.RATE_LIMIT,
        60,
        True,
    )
    assert "tokens/minute left for 60 s, not asked" in verdict.detail


def test_providers_own_count_takes_the_place_of_the_estimate() -> None:
    for name, used in (("gemini", 100), ("groq", 105)):
        counted = Counted(name, "99999 tokens/minute")
        counted.send(Tokens(100, 5))
        assert counted.used(MINUTE) == used


def test_call_that_cost_no_counted_tokens_gives_its_estimate_back() -> None:
    counted = Counted(limits="99999 tokens/minute, 9 requests/day")
    counted.send(None)
    assert (counted.used(MINUTE), counted.used(DAY)) == (0, 1)


def test_tokens_that_the_provider_tells_in_its_headers_are_not_counted_twice() -> None:
    counted = Counted("groq")
    counted.quota.read_headers(headers(8000, 8000, "0s"))
    estimate = counted.quota.sent(SAID, TOOLS)
    counted.quota.read_headers(headers(8000, 7000, "7.5s"))
    counted.quota.ended(estimate, Tokens(900, 100))
    assert counted.used(MINUTE) == 1000


def test_longest_wait_of_all_quotas_counts() -> None:
    counted = Counted(limits="1 requests/minute, 1 requests/day")
    counted.send()
    verdict = counted.quota.verdict(SAID, TOOLS)
    assert verdict is not None
    assert (verdict.kind, verdict.retry_after) == (FailureKind.QUOTA_DAILY, 4.5 * 3600)


def test_day_of_groq_rolls_and_that_of_gemini_ends_at_midnight_pacific() -> None:
    for name, hours in (("gemini", 4.5), ("groq", 24)):
        counted = Counted(name, "1 requests/day")
        counted.send()
        assert counted.wait() == hours * 3600


def limit_named(amount: int, wait: float | None, window: Window = DAY) -> Verdict:
    return Verdict(FailureKind.QUOTA_DAILY, retry_after=wait, limits=(Limit(window, amount),))


def test_limit_that_a_429_names_is_used_up_until_its_window_ends() -> None:
    counted = Counted()
    counted.quota.learn(limit_named(500, 30.0))
    assert counted.source(DAY) == (QuotaSource.LEARNED, 500)
    assert counted.wait() == 4.5 * 3600
    counted.clock.move(hours=4.5)
    assert counted.fits()


@pytest.mark.parametrize(("stated", "waited"), [(30.0, 30), (90.0, 60), (None, 60)])
def test_minute_that_a_429_names_ends_when_it_says_but_never_later(
    stated: float | None, waited: float
) -> None:
    counted = Counted()
    counted.quota.learn(limit_named(5, stated, Window.REQUESTS_A_MINUTE))
    assert counted.wait() == waited


def test_limit_that_a_person_set_wins_over_what_a_429_names() -> None:
    counted = Counted(limits="9 requests/day")
    counted.quota.learn(limit_named(500, 30.0))
    assert counted.source(DAY) == (QuotaSource.LEARNED, 9)
    assert counted.used(DAY) == 9
    assert not counted.fits()


def test_limit_that_a_person_set_is_not_forgotten_with_what_was_learned() -> None:
    counted = Counted(limits="2 requests/day")
    counted.quota.learn(limit_named(500, 30.0))
    counted.clock.move(days=3)
    for fits in (True, True, False):
        assert counted.fits() is fits
        counted.send()


def test_learned_limit_is_believed_for_two_days() -> None:
    counted = Counted()
    counted.quota.learn(limit_named(1, None))
    counted.clock.move(days=2)
    counted.send()
    assert not counted.fits()
    counted.clock.move(seconds=1)
    assert counted.fits()


def test_headers_win_over_a_setting() -> None:
    counted = Counted("groq", "99999 tokens/minute")
    counted.quota.read_headers(headers(8000, 10, "59.9s"))
    assert counted.source(MINUTE) == (QuotaSource.HEADER, 8000)
    assert not counted.fits()


def test_headers_that_say_nothing_change_nothing() -> None:
    for name in ("groq", "gemini"):
        counted = Counted(name)
        counted.quota.read_headers({"content-type": "text/event-stream"})
        assert counted.fits()


def test_place_counts_under_its_own_key_and_model() -> None:
    counted = Counted(limits="1 requests/day")
    counted.send()
    settings = Settings(llm_chain=("gemini",), gemini_limits="1 requests/day")
    (place,) = places(settings)
    other = replace(place, settings=replace(place.settings, model="gemini-of-tomorrow"))
    assert Quota(other, counted.counters, counted.clock).verdict(SAID, TOOLS) is None
