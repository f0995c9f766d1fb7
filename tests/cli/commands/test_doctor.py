"""Ask the doctor the classic questions, and read its answers on the screen."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.runtime import Stores
from app.settings import Settings
from app.telemetry import BreakerStanding
from tests.conftest import provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import Enter, screen

DEAD = "http://127.0.0.1:9"


def texts(told: dict[str, Any], area: str) -> list[tuple[str, str]]:
    return [(f["level"], f["text"]) for f in told["findings"] if f["area"].startswith(area)]


def _become(standing: BreakerStanding) -> Callable[[BreakerStanding], BreakerStanding]:
    return lambda before: standing


def open_breakers(clock: FixedClock, settings: Settings) -> None:
    """Open the breakers of all models for an hour."""
    from app.llm import places

    stores = Stores(settings, clock)
    until = clock.now() + timedelta(hours=1)
    for place in places(settings):
        bad = BreakerStanding(kind="rate_limit", failures=1, openings=1, open_until=until)
        stores.breaker_store().change(place.breakers.model, _become(bad))
    stores.close()


def test_all_well(enter: Enter, gemini: GeminiServer, groq: GroqServer, data_dir: Path) -> None:
    ended = enter("doctor", "--json", **provider_environment(gemini, groq))
    told = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert (told["can_answer"], told["answers_first"]) == (True, "gemini")
    first, second = told["models"]
    assert (first["key"], first["listed"], first["answered"]) == ("accepted", True, True)
    assert first["breaker"] == {"state": "closed", "kind": None, "until": None}
    assert second["limits"]["x-ratelimit-remaining-tokens"] == "6900"
    levels = {finding["level"] for finding in told["findings"] if "clock" not in finding["text"]}
    assert levels == {"ok"}
    (clock,) = (text for _, text in texts(told, "This machine") if "The clock is" in text)
    assert re.search(r"The clock is \d+ s behind the providers': set it\.", clock)
    assert not data_dir.exists()


def test_quotas_that_are_known_are_told_and_one_that_is_used_up_is_a_warning(
    enter: Enter, gemini: GeminiServer, groq: GroqServer
) -> None:
    keys = provider_environment(gemini, groq)
    gemini.plays(gemini_api.quota(3000, value=15))
    enter("chat", "-m", "Hello", **keys)
    told = json.loads(enter("doctor", "--offline", "--json", **keys).out)
    ((level, text), *of_groq) = texts(told, "Quotas")
    assert (level, {one for one, _ in of_groq}) == ("warning", {"ok"})
    assert text.startswith(
        "gemini gemini-3.5-flash-lite: 0 of 15 requests/minute left, all back at "
    )
    assert text.endswith("(learned from a 429, counted here).")
    assert len(of_groq) == 2
    asked = enter("doctor", "--json", **keys)
    assert len(texts(json.loads(asked.out), "Quotas")) == 1, "what was just told is told once"


@pytest.mark.parametrize("columns", [80, 40])
def test_both_models_failing(
    enter: Enter, gemini: GeminiServer, groq: GroqServer, columns: int
) -> None:
    environment = provider_environment(gemini, groq) | {"GROQ_API_KEY": "gsk_wrongwrongwrong"}
    ended = enter("doctor", columns=columns, GEMINI_MODEL="gemini-2.0-flash", **environment)
    gemini.refusals.clear()
    groq.refusals.clear()
    assert ended.code == 1
    assert "\x1b[1;31mproblem" in ended.out
    lines = screen(ended, columns)
    assert all(len(line) <= columns for line in lines)
    words = {line[:9].strip() for line in lines if line[8:9] == " "}
    assert words == {"", "ok", "warning", "problem"}
    whole = " ".join(" ".join(lines).split())
    for sentence in (
        "problem Gemini (gemini-2.0-flash): no such model any more.",
        "Its provider has gemini-2.5-flash, gemini-3.5-flash-lite",
        "Choose one: python -m app config set GEMINI_MODEL gemini-2.5-flash.",
        "problem Groq (openai/gpt-oss-20b): key rejected.",
        "Check GROQ_API_KEY: python -m app config set GROQ_API_KEY -",
        "problem No model can answer now; plain commands still work.",
    ):
        assert sentence in whole
    assert "gsk_wrong" not in ended.out
    assert gemini.key not in ended.out


def test_wrong_model_in_use_is_explained(
    enter: Enter, gemini: GeminiServer, groq: GroqServer, clock: FixedClock, tmp_path: Path
) -> None:
    environment = provider_environment(gemini, groq)
    (tmp_path / ".env").write_text("LLM_CHAIN=groq,gemini\n")
    gemini.plays(gemini_api.quota())
    same = {"PRIMARY_LLM": "gemini", "GEMINI_MODEL": "gemini-3.5-flash-lite"}
    told = json.loads(enter("doctor", "--json", **same, **environment).out)
    assert told["answers_first"] == "groq"
    assert texts(told, "Who answers first") == [
        (
            "ok",
            "Groq (openai/gpt-oss-20b) answers first. The order is groq, gemini: "
            f"LLM_CHAIN ({tmp_path}/.env) says so.",
        ),
        (
            "ok",
            "Which models: Groq's is openai/gpt-oss-20b (default); Gemini's is "
            "gemini-3.5-flash-lite (GEMINI_MODEL, environment).",
        ),
        ("warning", "PRIMARY_LLM (environment) has no say, because LLM_CHAIN is set."),
    ]
    (level, limited) = texts(told, "Models")[1]
    assert level == "warning"
    assert "Gemini (gemini-3.5-flash-lite): rate limit reached." in limited
    assert "Back at 22:30:26." in limited
    (tmp_path / ".env").unlink()
    told = json.loads(enter("doctor", "--json", **environment).out)
    assert texts(told, "Who answers first")[0] == (
        "warning",
        "Groq (openai/gpt-oss-20b) answers first now, because Gemini doesn't answer. The order "
        "is gemini, groq: PRIMARY_LLM is gemini (default).",
    )


def test_open_breaker_is_told_offline_and_closed_by_a_call(
    enter: Enter, gemini: GeminiServer, groq: GroqServer, clock: FixedClock, data_dir: Path
) -> None:
    environment = provider_environment(gemini, groq)
    named = {name.lower(): value for name, value in environment.items()}
    settings = Settings(data_dir=data_dir, **named)  # type: ignore[arg-type]
    open_breakers(clock, settings)
    ended = enter("doctor", "--offline", "--json", **environment)
    told = json.loads(ended.out)
    assert (ended.code, told["can_answer"], gemini.calls, gemini.listed) == (1, False, 0, 0)
    assert texts(told, "Models")[0] == (
        "warning",
        "Gemini (gemini-3.5-flash-lite): not tried. Key set. "
        "Breaker open until 23:30:00 (rate limit reached).",
    )
    groq.plays(groq_api.OVERLOADED)
    told = json.loads(enter("doctor", "--json", **environment).out)
    assert "rate limit reached); this call has closed it." in texts(told, "Models")[0][1]
    after = json.loads(enter("doctor", "--offline", "--json", **environment).out)
    assert [one["breaker"]["state"] for one in after["models"]] == ["closed", "open"]
    reset = enter("doctor", "--reset", "--offline", "--json", **environment)
    assert reset.err == "1 breakers closed.\n"
    assert [one["breaker"]["state"] for one in json.loads(reset.out)["models"]] == ["closed"] * 2


def test_fallback_that_cannot_trigger_is_explained(
    enter: Enter, gemini: GeminiServer, groq: GroqServer
) -> None:
    environment = provider_environment(gemini, groq)
    gaps = {"FAILOVER_ON": "timeout,connection,rate_limit", "TURN_TIMEOUT": "10"}
    told = json.loads(enter("doctor", "--offline", "--json", **environment, **gaps).out)
    leaves_out, no_time = texts(told, "What goes over")
    assert leaves_out[0] == no_time[0] == "warning"
    assert leaves_out[1].startswith("FAILOVER_ON (environment) leaves out auth, context_overflow")
    assert "TURN_TIMEOUT (10 s) leaves no time" in no_time[1]
    del environment["GROQ_API_KEY"]
    told = json.loads(enter("doctor", "--offline", "--json", **environment).out)
    assert texts(told, "What goes over") == [
        (
            "warning",
            "Only Gemini (gemini-3.5-flash-lite) is set up, so its failures have nowhere to go. "
            "Set GROQ_API_KEY.",
        )
    ]


def test_dead_provider_and_numbered_place(enter: Enter, groq: GroqServer) -> None:
    environment = {
        "LLM_CHAIN": "groq,groq2,gemini",
        "GROQ_API_KEY": groq.key,
        "GROQ_BASE_URL": groq.url,
        "GROQ2_API_KEY": "gsk_secondsecond",
        "GROQ2_BASE_URL": DEAD,
    }
    ended = enter("doctor", "--json", **environment)
    told = json.loads(ended.out)
    assert ended.code == 0
    assert [one["key"] for one in told["models"]] == ["accepted", "set", "missing"]
    (_, second, third) = texts(told, "Models")
    assert second[0] == "warning"
    assert "Groq2 (openai/gpt-oss-20b): can't be reached." in second[1]
    assert f"GROQ2_BASE_URL ({DEAD})" in second[1]
    assert third == (
        "warning",
        "Gemini (gemini-3.5-flash-lite): left out of the chain, GEMINI_API_KEY is not set.",
    )


def test_without_any_key_nothing_can_answer(enter: Enter) -> None:
    ended = enter("doctor")
    assert ended.code == 1
    assert "left out of the chain, GROQ_API_KEY is not set." in ended.out
    assert "problem  No model can answer now; plain commands still work." in ended.out
    assert enter("doctor", PRIMARY_LLM="nonsense").code == 2


def test_variable_that_keeps_clients_from_opening_is_named(
    enter: Enter, gemini: GeminiServer, groq: GroqServer
) -> None:
    spoilt = {"ALL_PROXY": "socks://ann:pa55@127.0.0.1:1080/"}
    spoilt |= provider_environment(gemini, groq)
    doctor, chat = enter("doctor", **spoilt), enter("chat", "-m", "hello", "--json", **spoilt)
    assert doctor.out.count("Check ALL_PROXY.") == 2
    assert chat.code == 4
    assert json.loads(chat.out)["reply"].count("check ALL_PROXY") == 2
    assert "pa55" not in f"{doctor}{chat}"
