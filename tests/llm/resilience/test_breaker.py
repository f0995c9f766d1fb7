import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.llm.failures import Verdict
from app.llm.providers import BreakerKeys
from app.llm.resilience.breaker import Breakers
from app.llm.resilience.breaker_policy import BreakerState, after_failure, breaker_state
from app.settings import FailureKind
from app.telemetry import BreakerStanding, BreakerStore
from tests.conftest import Relay, child_environment, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import says
from tests.fakes.warm import Warm
from tests.llm.memory import no_breakers

KEYS = BreakerKeys(model="gemini url flash mark", key="gemini url * mark")
OTHER = BreakerKeys(model="gemini url pro mark", key="gemini url * mark")
NOW = FixedClock().now()


def opened_for(
    verdict: Verdict, wait: float | None = None, before: BreakerStanding | None = None
) -> float:
    """Return for how many seconds a failure opens a breaker; 0 where it stays closed."""
    after = after_failure(before or BreakerStanding(), verdict, wait, NOW, 0.5)
    return (after.open_until - NOW).total_seconds() if after.open_until else 0.0


@pytest.mark.parametrize(
    ("verdict", "wait", "seconds"),
    [
        (Verdict(FailureKind.RATE_LIMIT), 26.0, 26),
        (Verdict(FailureKind.RATE_LIMIT), None, 30),
        (Verdict(FailureKind.QUOTA_DAILY), 43_200.0, 43_200),
        (Verdict(FailureKind.QUOTA_DAILY, sticky=True), 51.0, 3600),
        (Verdict(FailureKind.AUTH), None, 3600),
        (Verdict(FailureKind.PERMISSION), None, 3600),
        (Verdict(FailureKind.MODEL_NOT_FOUND), None, 3600),
        (Verdict(FailureKind.UNAVAILABLE), None, 0),
        (Verdict(FailureKind.TIMEOUT), None, 0),
    ],
)
def test_what_opens_a_breaker_at_once_and_for_how_long(
    verdict: Verdict, wait: float | None, seconds: float
) -> None:
    assert opened_for(verdict, wait) == seconds


AT_ONCE = [
    *(FailureKind.UNAVAILABLE, FailureKind.SERVER_ERROR, FailureKind.CONNECTION),
    FailureKind.MALFORMED_RESPONSE,
]


def pauses(kinds: list[FailureKind]) -> list[float]:
    """Return the pause after each of some failures, each at the first moment it can happen."""
    standing, now, found = BreakerStanding(), NOW, []
    for kind in kinds:
        standing = after_failure(standing, Verdict(kind), None, now, 0.5)
        found.append((standing.open_until - now).total_seconds() if standing.open_until else 0)
        now = standing.open_until or now
    return found


@pytest.mark.parametrize("kind", AT_ONCE)
def test_model_that_fails_at_once_is_looked_at_every_quarter_of_a_minute(kind: FailureKind) -> None:
    assert pauses([kind] * 9) == [0, 0, *[15] * 7]


def test_silence_earns_growing_pauses() -> None:
    assert pauses([FailureKind.TIMEOUT] * 9) == [0, 0, 30, 60, 120, 240, 480, 600, 600]


def test_silence_after_a_long_outage_begins_with_a_short_pause() -> None:
    assert pauses([*[FailureKind.UNAVAILABLE] * 5000, FailureKind.TIMEOUT])[-1] == 30


def test_pauses_stay_bounded_over_weeks_of_silence() -> None:
    assert pauses([FailureKind.TIMEOUT] * 3000)[-1] == 600


def test_what_fails_while_a_breaker_is_open_makes_its_pause_no_longer() -> None:
    busy, silent = Verdict(FailureKind.UNAVAILABLE), Verdict(FailureKind.TIMEOUT)
    opened = BreakerStanding("timeout", failures=3, openings=1, open_until=NOW + timedelta(0, 60))
    for verdict in (busy, silent):
        assert after_failure(opened, verdict, None, NOW, 0.5) == replace(opened, failures=4)
    assert opened_for(busy, 90, opened) == 90
    assert opened_for(Verdict(FailureKind.AUTH), None, opened) == 3600


@pytest.mark.parametrize("wait", [86_401.0, 315_576_000_000.0, float("inf"), float("nan")])
@pytest.mark.parametrize(
    "verdict", [Verdict(FailureKind.RATE_LIMIT), Verdict(FailureKind.QUOTA_DAILY)]
)
def test_no_stated_wait_opens_a_breaker_for_more_than_a_day(verdict: Verdict, wait: float) -> None:
    assert opened_for(verdict, wait) <= 86_400


def test_refusal_that_may_be_the_requests_fault_counts_little() -> None:
    refused = Verdict(FailureKind.INVALID_REQUEST)
    assert [opened_for(refused, None, BreakerStanding(failures=n)) for n in (8, 9)] == [0, 15]
    due = BreakerStanding("unavailable", failures=3, open_until=NOW, probe_until=NOW)
    assert breaker_state(after_failure(due, refused, None, NOW, 0.5), NOW) is BreakerState.HALF_OPEN


def test_jitter_spreads_the_waits_that_nobody_stated() -> None:
    two = BreakerStanding(failures=2)
    spread = [
        after_failure(two, Verdict(FailureKind.TIMEOUT), None, NOW, x).open_until for x in (0, 1)
    ]
    assert spread == [NOW + timedelta(seconds=24), NOW + timedelta(seconds=36)]


def test_states_have_their_names() -> None:
    opened = BreakerStanding(open_until=NOW)
    assert breaker_state(BreakerStanding(), NOW) is BreakerState.CLOSED
    assert breaker_state(opened, NOW - timedelta(seconds=1)) is BreakerState.OPEN
    assert breaker_state(opened, NOW) is BreakerState.HALF_OPEN
    assert [state.value for state in BreakerState] == ["closed", "open", "half-open"]


Make = Callable[[], Breakers]


@pytest.fixture
def make(engine: Engine, clock: FixedClock) -> Make:
    """Make the breakers of one more process on the same database."""
    return lambda: Breakers(lambda: BreakerStore(engine), clock, lease=20, chance=lambda: 0.5)


def allowed(breakers: Breakers, keys: BreakerKeys = KEYS) -> bool:
    return asyncio.run(breakers.admit(keys)).allowed


def fail(breakers: Breakers, kind: FailureKind, wait: float | None = None) -> None:
    breakers.failed(KEYS, Verdict(kind), wait)
    breakers.close()  # another process may read at once


def test_open_breaker_survives_the_process_and_closes_by_its_time(
    make: Make, clock: FixedClock
) -> None:
    fail(make(), FailureKind.RATE_LIMIT, 26)
    refused = asyncio.run(make().admit(KEYS))
    assert (refused.allowed, refused.kind) == (False, FailureKind.RATE_LIMIT)
    assert refused.until == clock.now() + timedelta(seconds=26)
    clock.move(seconds=26)
    assert allowed(make())


def test_half_open_breaker_lets_exactly_one_call_probe_over_all_processes(
    make: Make, clock: FixedClock
) -> None:
    first, second = make(), make()
    fail(first, FailureKind.RATE_LIMIT, 26)
    assert not allowed(second)
    clock.move(seconds=30)

    async def all_at_once() -> list[bool]:
        found = await asyncio.gather(*(b.admit(KEYS) for b in (first, second) for _ in range(5)))
        return [one.allowed for one in found]

    assert sum(asyncio.run(all_at_once())) == 1
    first.succeeded(KEYS)
    first.close()
    assert allowed(first)
    assert allowed(make())


def test_probe_that_fails_opens_again_and_after_a_silence_for_longer(
    make: Make, clock: FixedClock
) -> None:
    for kind, waits in ((FailureKind.UNAVAILABLE, (15, 15)), (FailureKind.TIMEOUT, (30, 60))):
        breakers = make()
        for _ in range(3):
            fail(breakers, kind)
        for wait in waits:
            clock.move(seconds=wait - 1)
            assert not allowed(breakers)
            clock.move(seconds=1)
            assert allowed(breakers)
            fail(breakers, kind)
        breakers.reset()


def test_breaker_that_was_stored_for_decades_is_open_for_a_day_at_most(
    engine: Engine, make: Make, clock: FixedClock
) -> None:
    far = clock.now() + timedelta(days=20_000)
    stored = BreakerStanding("rate_limit", failures=1, open_until=far, probe_until=far)
    BreakerStore(engine).change(KEYS.model, lambda before: stored)
    breakers = make()
    assert asyncio.run(breakers.admit(KEYS)).until == clock.now() + timedelta(days=1)
    breakers.close()
    clock.move(days=1)
    assert allowed(make())


def test_place_of_a_probe_whose_process_died_is_free_after_its_lease(
    make: Make, clock: FixedClock
) -> None:
    dead = make()
    fail(dead, FailureKind.RATE_LIMIT, 26)
    clock.move(seconds=30)
    assert allowed(dead)
    assert not allowed(make())
    clock.move(seconds=20)
    assert allowed(make())


def test_interrupted_probe_counts_for_nothing(make: Make, clock: FixedClock) -> None:
    breakers = make()
    fail(breakers, FailureKind.RATE_LIMIT, 26)
    clock.move(seconds=30)
    assert allowed(breakers)
    breakers.released(KEYS)
    breakers.close()
    assert allowed(make())


@pytest.mark.parametrize(
    "kind", [FailureKind.CONTEXT_OVERFLOW, FailureKind.INVALID_REQUEST, FailureKind.BLOCKED]
)
def test_failure_of_the_request_alone_opens_nothing(make: Make, kind: FailureKind) -> None:
    breakers = make()
    for _ in range(5):
        fail(breakers, kind)
    assert allowed(breakers)


def test_what_concerns_the_key_opens_every_model_on_it(make: Make) -> None:
    breakers = make()
    fail(breakers, FailureKind.AUTH)
    assert not allowed(breakers, OTHER)
    mended = BreakerKeys(model="gemini url pro new", key="gemini url * new")
    assert allowed(breakers, mended)


def test_what_concerns_the_model_leaves_the_others(make: Make) -> None:
    breakers = make()
    fail(breakers, FailureKind.MODEL_NOT_FOUND)
    assert allowed(breakers, OTHER)


def test_success_ends_a_row_of_failures(make: Make) -> None:
    breakers = make()
    for _ in range(4):
        fail(breakers, FailureKind.SERVER_ERROR)
        fail(breakers, FailureKind.SERVER_ERROR)
        breakers.succeeded(KEYS)
    assert allowed(breakers)
    assert breakers.standings() == {}


def test_reset_closes_by_hand(make: Make) -> None:
    fail(make(), FailureKind.AUTH)
    make().reset()
    assert allowed(make())


def test_next_process_does_not_pay_for_the_dead_primary_again(
    gemini: GeminiServer, groq: GroqServer, warm: Warm, data_dir: Path
) -> None:
    gemini.plays(gemini_api.quota(600))
    environment = {n.upper(): v for n, v in provider_settings(gemini, groq).items()}
    for _ in range(2):
        subprocess.run(
            [warm.python, "-m", "app", "chat", "-m", "Hello"],
            env=child_environment(APP_DATA_DIR=str(data_dir), **environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=True,
        )
    assert (gemini.calls, groq.calls) == (1, 2)
    stored = (data_dir / "tasks.db").read_bytes()
    assert gemini.key.encode() not in stored


def test_changed_key_or_model_is_asked_at_once(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    settings = provider_settings(gemini, groq)
    gemini.plays(gemini_api.quota(600))
    assert make_relay(**settings).say("Hello").provider == "groq"
    assert make_relay(**settings).say("Hello").provider == "groq"
    assert gemini.calls == 1
    gemini.plays(says("Here."))
    assert make_relay(**settings, gemini_model="gemini-2.5-flash").say("Hello").provider == "gemini"


def test_primary_comes_back_by_itself(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, clock: FixedClock
) -> None:
    relay = make_relay(**provider_settings(gemini, groq), clock=clock)
    gemini.plays(gemini_api.quota(600), says("Back."))
    assert relay.say("Hello").provider == "groq"
    clock.move(seconds=599)
    assert relay.say("Hello").provider == "groq"
    clock.move(seconds=2)
    assert relay.say("Hello").provider == "gemini"
    assert relay.say("Hello").provider == "gemini"
    assert gemini.calls == 3


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(FailureKind.QUOTA_DAILY, sticky=True, one_model=True),
        Verdict(FailureKind.PERMISSION, one_model=True),
        Verdict(FailureKind.RATE_LIMIT),
    ],
)
def test_model_that_is_refused_or_has_no_quota_opens_alone(make: Make, verdict: Verdict) -> None:
    breakers = make()
    breakers.failed(KEYS, verdict, None)
    assert not allowed(breakers)
    assert allowed(breakers, OTHER)


def test_billing_stop_opens_every_model_on_the_key(make: Make) -> None:
    breakers = make()
    breakers.failed(KEYS, Verdict(FailureKind.QUOTA_DAILY, sticky=True), None)
    assert not allowed(breakers, OTHER)


def test_stated_wait_of_a_trouble_holds_at_least_as_long() -> None:
    two, busy = BreakerStanding(failures=2), Verdict(FailureKind.UNAVAILABLE)
    assert opened_for(busy, 300, two) == 300
    assert opened_for(busy, 5, two) == 15


def test_probe_that_is_refused_by_one_breaker_gives_the_other_one_back(
    make: Make, clock: FixedClock
) -> None:
    first, second = make(), make()
    for keys, verdict in ((KEYS, Verdict(FailureKind.AUTH)), (KEYS, Verdict(FailureKind.TIMEOUT))):
        for _ in range(3):
            first.failed(keys, verdict, None)
    first.close()
    clock.move(hours=1)
    taken = BreakerKeys(model=KEYS.model, key="another key")
    assert allowed(first, taken)
    assert not allowed(second)
    assert second.standings()[KEYS.key].probe_until is None


def test_breaker_that_opens_is_told_with_how_it_stands(engine: Engine, clock: FixedClock) -> None:
    told: list[tuple[str, str, bool]] = []
    breakers = Breakers(
        lambda: BreakerStore(engine),
        clock,
        lease=20,
        opened=lambda key, standing: told.append((key, standing.kind, bool(standing.open_until))),
    )
    breakers.failed(KEYS, Verdict(FailureKind.AUTH), None)
    breakers.failed(KEYS, Verdict(FailureKind.TIMEOUT), None)
    breakers.failed(KEYS, Verdict(FailureKind.BLOCKED), None)
    assert told == [(KEYS.key, "auth", True), (KEYS.model, "timeout", False)]
    breakers.close()


def test_breakers_that_cannot_be_stored_live_in_memory(
    clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    breakers = no_breakers(clock)
    breakers.failed(KEYS, Verdict(FailureKind.RATE_LIMIT), 26.0)
    assert not allowed(breakers)
    clock.move(seconds=26)
    assert allowed(breakers)
    assert not allowed(breakers)
    breakers.succeeded(KEYS)
    assert breakers.standings() == {}
    breakers.close()
    assert "Breaker states can't be stored" in caplog.text
