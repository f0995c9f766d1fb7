import sys
from typing import Any

import pytest

from app.settings import Settings
from app.telemetry import Prices, Tokens
from tests.telemetry.entries import attempt

MILLION = 1_000_000


def cost(tokens: Tokens | None, prices: str | None = None, **more: Any) -> float | None:
    settings = Settings(llm_chain=("gemini", "groq", "ollama"), llm_prices=prices or ())
    return Prices(settings.places, settings.llm_prices).cost(attempt(tokens=tokens, **more))


def test_cached_tokens_cost_less_than_fresh_ones() -> None:
    fresh, cached = cost(Tokens(MILLION, 0)), cost(Tokens(MILLION, 0, cached=MILLION))
    assert fresh == pytest.approx(0.3)
    assert cached is not None
    assert 0 < cached < 0.3


def test_more_cached_tokens_than_incoming_ones_still_have_a_price() -> None:
    assert cost(Tokens(1000, 10, cached=1500)) == cost(Tokens(1000, 10, cached=1000))
    assert cost(Tokens(1000, 10, cached=1500)) is not None


def test_attempt_without_counted_tokens_has_no_known_cost() -> None:
    assert cost(None) is None
    assert cost(None, "gemini-3.5-flash-lite=1/2") is None


def test_place_or_model_that_no_list_knows_has_no_known_cost() -> None:
    assert cost(Tokens(1, 1), place="ollama", model="qwen3:8b") is None
    assert cost(Tokens(1, 1), place="somebody") is None
    assert cost(Tokens(1, 1), model="gemini-of-tomorrow") is None


def test_contract_of_ones_own_is_for_a_million_tokens_in_and_out() -> None:
    assert cost(Tokens(2 * MILLION, MILLION), "gemini-3.5-flash-lite=0.5/3") == 4.0
    assert cost(Tokens(0, 0), "gemini-3.5-flash-lite=0.5/3") == 0.0


def test_list_that_breaks_loses_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    assert cost(Tokens(1, 1)) is None
