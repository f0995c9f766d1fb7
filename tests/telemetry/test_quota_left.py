"""What people are told of the quotas, from limits that are set and counts that are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from app.settings import Limit, PlaceSettings, Settings, Window
from app.telemetry import QuotaGauge, QuotaLeft, QuotaSource, quotas_left
from tests.telemetry.entries import NOON

GAUGE = QuotaGauge(
    provider="groq",
    model="m",
    quota=Window.REQUESTS_A_DAY,
    amount=100,
    source=QuotaSource.LEARNED,
    known_at=NOON,
    used=30.0,
    counted_at=NOON,
    resets_at=NOON + timedelta(hours=12),
)


def groq(*limits: Limit) -> PlaceSettings:
    (place,) = Settings(llm_chain=("groq",)).places
    return replace(place, model="m", limits=limits)


def left(gauges: dict[str, QuotaGauge], *limits: Limit, now: datetime = NOON) -> list[QuotaLeft]:
    kept = {(key, gauge.quota): gauge for key, gauge in gauges.items()}
    return quotas_left([groq(*limits)], kept, now)


def test_nothing_known_tells_nothing() -> None:
    assert left({}) == []


def test_of_several_keys_the_count_that_is_newest_is_shown() -> None:
    newest = replace(GAUGE, used=5.0, counted_at=NOON + timedelta(seconds=1))
    for gauges in ({"a": GAUGE, "b": newest}, {"a": newest, "b": GAUGE}):
        (quota,) = left(gauges, now=NOON + timedelta(seconds=2))
        assert quota.left == 95


def test_limit_that_is_set_wins_over_one_that_was_learned_but_its_count_stays() -> None:
    (quota,) = left({"a": GAUGE}, Limit(Window.REQUESTS_A_DAY, 50))
    assert (quota.amount, quota.left, quota.source) == (50, 20, QuotaSource.SETTING)


def test_what_the_provider_tells_with_each_answer_wins_over_a_setting() -> None:
    told = replace(GAUGE, source=QuotaSource.HEADER)
    (quota,) = left({"a": told}, Limit(Window.REQUESTS_A_DAY, 50))
    assert (quota.amount, quota.left, quota.source) == (100, 70, QuotaSource.HEADER)


def test_limit_that_is_set_and_not_used_is_all_left_and_comes_back_never() -> None:
    (quota,) = left({}, Limit(Window.TOKENS_A_MINUTE, 8000))
    assert (quota.left, quota.resets_at) == (8000, None)
    assert quota.words(UTC) == "groq m: 8,000 of 8,000 tokens/minute left (set, counted here)"


def test_learned_limit_that_is_too_old_is_not_shown() -> None:
    assert left({"a": GAUGE}, now=NOON + timedelta(days=2, seconds=1)) == []


def test_time_of_day_is_that_of_the_persons_zone_and_a_day_has_its_date() -> None:
    zone = timezone(timedelta(hours=2))
    (quota,) = left({"a": GAUGE})
    assert quota.words(zone).endswith(
        "70 of 100 requests/day left, all back at 02:00 on 2026-11-25 "
        "(learned from a 429, counted here)"
    )
    minute = replace(GAUGE, quota=Window.REQUESTS_A_MINUTE, resets_at=NOON + timedelta(seconds=9))
    (quota,) = left({"a": minute})
    assert "all back at 14:00:09 (" in quota.words(zone)


def test_more_used_than_there_is_leaves_nothing_and_no_debt() -> None:
    (quota,) = left({"a": replace(GAUGE, used=130.0)})
    assert quota.left == 0
