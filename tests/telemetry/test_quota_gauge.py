"""The arithmetic of one quota: what is used, what fits, and when it is back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.settings import Window
from app.telemetry import QuotaGauge, QuotaSource
from tests.telemetry.entries import NOON


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


COUNTED = QuotaGauge(
    provider="gemini",
    model="m",
    quota=Window.TOKENS_A_MINUTE,
    amount=100,
    source=QuotaSource.SETTING,
    known_at=NOON,
    used=80.0,
    counted_at=NOON,
    resets_at=at(60),
)
ROLLING = replace(COUNTED, source=QuotaSource.HEADER)


def test_what_we_count_comes_back_all_at_once() -> None:
    assert [COUNTED.used_at(at(s)) for s in (0, 59, 60, 61)] == [80, 80, 0, 0]


def test_what_a_header_tells_comes_back_evenly() -> None:
    assert [ROLLING.used_at(at(s)) for s in (-5, 0, 15, 30, 60)] == [80, 80, 60, 40, 0]
    assert [ROLLING.left_at(at(s)) for s in (0, 15, 60)] == [20, 40, 100]


def test_request_that_fits_waits_for_nothing_and_one_that_does_not_until_there_is_room() -> None:
    assert COUNTED.wait(20, NOON) is None
    assert COUNTED.wait(21, at(10)) == 50
    assert ROLLING.wait(20, NOON) is None
    assert ROLLING.wait(60, NOON) == pytest.approx(30)


def test_request_larger_than_all_of_it_waits_for_all_and_then_goes() -> None:
    assert COUNTED.wait(101, NOON) == 60
    assert ROLLING.wait(101, NOON) == pytest.approx(60)
    assert COUNTED.wait(101, at(60)) is None
    assert replace(COUNTED, used=0.0).wait(101, NOON) is None


def test_use_adds_up_inside_a_window_and_begins_a_new_one_after_it() -> None:
    more = COUNTED.plus(15, at(10), at(70))
    assert (more.used, more.resets_at, more.counted_at) == (95, at(60), at(10))
    fresh = COUNTED.plus(15, at(61), at(121))
    assert (fresh.used, fresh.resets_at) == (15, at(121))


def test_rolling_window_is_as_long_as_what_is_used_takes_to_come_back() -> None:
    more = ROLLING.plus(10, at(30), at(999))
    assert more.used == 50
    assert more.resets_at == at(60)


def test_what_was_counted_in_vain_is_given_back_but_never_below_nothing() -> None:
    assert COUNTED.plus(-30, NOON, at(60)).used == 50
    assert COUNTED.plus(-300, NOON, at(60)).used == 0


@pytest.mark.parametrize(
    ("source", "age", "counts"),
    [
        (QuotaSource.SETTING, 0, False),
        (QuotaSource.HEADER, 999_999, True),
        (QuotaSource.LEARNED, 2 * 86_400, True),
        (QuotaSource.LEARNED, 2 * 86_400 + 1, False),
        (QuotaSource.LEARNED, -60, True),
        (QuotaSource.LEARNED, -61, False),
    ],
)
def test_limit_without_a_setting_holds_as_long_as_its_source_is_fresh(
    source: QuotaSource, age: int, counts: bool
) -> None:
    assert replace(COUNTED, source=source, known_at=at(-age)).counts(NOON) is counts


def test_count_of_a_clock_far_ahead_never_began() -> None:
    assert replace(COUNTED, counted_at=at(61)).used_at(NOON) == 0
    assert replace(COUNTED, counted_at=at(60)).used_at(NOON) == 80


def test_window_that_would_end_beyond_a_day_locks_nobody() -> None:
    assert replace(COUNTED, resets_at=at(10**9)).wait(101, NOON) is None
    little = replace(ROLLING, amount=1, used=1.0)
    assert little.plus(10**9, NOON, at(60)).resets_at == at(86_400)
