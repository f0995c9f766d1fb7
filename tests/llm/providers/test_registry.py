"""Say when a place of the chain is back, and what its breakers are called."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.llm.failures import Verdict
from app.llm.providers import Place, places
from app.settings import FailureKind, Settings

NOON = datetime(2026, 3, 4, 20, tzinfo=UTC)
"""In California."""


def place(name: str = "gemini", **more: str) -> Place:
    keys = {"gemini_api_key": "AIza-one", "groq_api_key": "gsk_one"}
    chain = places(Settings(llm_chain=name, **keys | more))  # type: ignore[arg-type]
    return chain[0]


def test_days_quota_of_gemini_is_back_at_midnight_pacific_whatever_is_stated() -> None:
    verdict = Verdict(FailureKind.QUOTA_DAILY, retry_after=30)
    assert place().wait(verdict, NOON) == 12 * 3600
    summer = datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert place().wait(verdict, summer) == 23 * 3600  # the clocks go forward that night


@pytest.mark.parametrize("stated", [None, 51.0])
def test_zero_quota_is_never_back_at_midnight(stated: float | None) -> None:
    verdict = Verdict(FailureKind.QUOTA_DAILY, sticky=True, retry_after=stated)
    assert place().wait(verdict, NOON) == stated


def test_where_the_window_rolls_the_providers_word_holds() -> None:
    assert place("groq").wait(Verdict(FailureKind.QUOTA_DAILY, retry_after=525), NOON) == 525
    assert place().wait(Verdict(FailureKind.RATE_LIMIT, retry_after=26), NOON) == 26
    assert place().wait(Verdict(FailureKind.UNAVAILABLE), NOON) is None


def test_breakers_are_told_apart_by_place_address_model_and_key() -> None:
    keys = place().breakers
    assert keys == place().breakers
    assert keys.key == place(gemini_model="gemini-3.5-pro").breakers.key
    others = [
        place(gemini_model="gemini-3.5-pro"),
        place(gemini_api_key="AIza-two"),
        place(gemini_base_url="http://127.0.0.1:1"),
    ]
    assert len({keys.model, *(other.breakers.model for other in others)}) == 4
    assert "AIza" not in f"{keys}"


def test_missing_extra_and_missing_package_are_told_with_the_command_that_helps() -> None:
    provider = place("groq").provider
    assert provider.install == "python -m pip install -e . -c constraints.txt"
    extra = replace(provider, extra="groq")
    assert extra.install == 'python -m pip install -e ".[groq]" -c constraints.txt'
