"""Say who answers first and why, for chains of every make."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.llm import places
from app.runtime.health import Finding, Level
from app.runtime.health.chain_order import first_finding, over_findings
from app.runtime.health.models import ExaminedPlace
from app.settings import Layer, Settings
from app.telemetry import BreakerStanding

NOW = datetime(2026, 3, 5, 3, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 5, 4, 30, tzinfo=UTC)
OPEN = BreakerStanding(kind="rate_limit", failures=1, openings=1, open_until=LATER)
KEYS: dict[str, Any] = {"gemini_api_key": "AIzaone", "groq_api_key": "gsk_two"}


def chain(settings: Settings, **standings: BreakerStanding) -> list[ExaminedPlace]:
    """Return the places of a chain as they stand when none was called."""
    return [
        ExaminedPlace(place, NOW, standing=standings.get(place.name, BreakerStanding()))
        for place in places(settings)
    ]


def layer(**values: str) -> list[Layer]:
    return [Layer("environment", values)]


def told(findings: list[Finding]) -> list[tuple[Level, str]]:
    return [(finding.level, finding.text) for finding in findings]


def test_first_place_answers_in_the_order_that_the_primary_model_gives() -> None:
    settings = Settings(timezone="UTC", primary_llm="groq", **KEYS)
    first, models = told(
        first_finding(chain(settings), settings, layer(PRIMARY_LLM="groq", GROQ_MODEL="m"))
    )
    assert first[0] is Level.OK
    assert first[1].startswith("Groq (")
    assert (
        "is asked first. The order is groq, gemini: PRIMARY_LLM is groq (environment)."
        in (first[1])
    )
    assert models[0] is Level.OK
    assert "(GROQ_MODEL, environment); Gemini's is " in models[1]
    assert models[1].endswith("(default).")


def test_order_of_the_chain_setting_wins_and_says_that_the_primary_model_has_no_say() -> None:
    settings = Settings(timezone="UTC", primary_llm="gemini", llm_chain=("groq", "gemini"), **KEYS)
    layers = layer(PRIMARY_LLM="gemini", LLM_CHAIN="groq,gemini")
    first, _, no_say = told(first_finding(chain(settings), settings, layers))
    assert first[1].endswith("The order is groq, gemini: LLM_CHAIN (environment) says so.")
    words = "PRIMARY_LLM (environment) has no say, because LLM_CHAIN is set."
    assert no_say == (Level.WARNING, words)


def test_place_further_back_answers_now_and_each_before_it_has_its_reason() -> None:
    settings = Settings(
        timezone="UTC",
        llm_chain=("gemini", "groq", "groq2"),
        groq_api_key="gsk_two",
        numbered={"GROQ2_API_KEY": "gsk_three"},
    )
    level, text = told(first_finding(chain(settings, groq=OPEN), settings, layer()))[0]
    assert level is Level.WARNING
    assert text.startswith("Groq2 (")
    assert ") is asked first now, because Gemini has no key; Groq has an open breaker. " in text


@pytest.mark.parametrize(
    ("offline", "words"),
    [(True, "plain commands still work"), (False, "nothing answers")],
)
def test_where_none_answers_it_is_a_problem_that_says_what_still_works(
    offline: bool, words: str
) -> None:
    settings = Settings(timezone="UTC", offline_fallback=offline)
    level, text = told(first_finding(chain(settings), settings, layer()))[0]
    assert level is Level.PROBLEM
    assert text.startswith(f"No model can answer now; {words}. The order is gemini, groq")


def over(settings: Settings, **values: str) -> list[tuple[Level, str]]:
    return told(over_findings(chain(settings), settings, layer(**values)))


def test_chain_of_one_has_nowhere_to_go_and_says_which_key_helps() -> None:
    alone = Settings(timezone="UTC", gemini_api_key="AIzaone")
    ((level, text),) = over(alone)
    assert level is Level.WARNING
    assert "so its failures have nowhere to go. Set GROQ_API_KEY." in text
    short = Settings(timezone="UTC", llm_chain=("gemini",), gemini_api_key="AIzaone")
    ((_, text),) = over(short)
    assert text.endswith("Add another to LLM_CHAIN.")


def test_failures_that_are_left_out_and_limits_that_leave_no_time_are_warnings() -> None:
    settings = Settings(
        timezone="UTC",
        failover_on=("rate_limit",),
        first_token_timeout=60,
        turn_timeout=60,
        **KEYS,
    )
    gaps, time = over(settings, FAILOVER_ON="rate_limit")
    assert gaps[0] is time[0] is Level.WARNING
    assert gaps[1].startswith("FAILOVER_ON (environment) leaves out auth, ")
    assert "rate_limit" not in gaps[1]
    assert time[1].startswith("TURN_TIMEOUT (60 s) leaves no time for the next model after FIRST_")


def test_nothing_in_the_way_is_said_too_unless_no_model_is_there() -> None:
    ((level, text),) = over(Settings(timezone="UTC", **KEYS))
    assert level is Level.OK
    assert text.startswith("Every failure that another model may cure.")
    assert over(Settings(timezone="UTC")) == []
