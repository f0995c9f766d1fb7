from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.settings import Window
from app.telemetry import QuotaGauge, QuotaSource, QuotaStore

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "need", "after", "wait"),
    [(7900, 1000, 0, 6.8), (7900, 1000, 7, None), (0, 9000, 0, None), (10, 9000, 0, 60)],
)
def test_rolling_window_comes_back_evenly(
    used: float, need: float, after: float, wait: float | None
) -> None:
    gauge = QuotaGauge(
        *("groq", "m", Window.TOKENS_A_MINUTE, 8000, QuotaSource.HEADER, NOON),
        *(used, NOON, NOON + timedelta(seconds=60)),
    )
    found = gauge.wait(need, NOON + timedelta(seconds=after))
    assert found == (None if wait is None else pytest.approx(wait, abs=0.1))


@pytest.mark.parametrize("source", QuotaSource)
def test_count_of_a_clock_that_was_ahead_is_not_believed(source: QuotaSource) -> None:
    ahead = NOON + timedelta(hours=5)
    gauge = QuotaGauge(
        *("gemini", "m", Window.REQUESTS_A_MINUTE, 2, source, ahead),
        *(2, ahead, ahead + timedelta(seconds=60)),
    )
    assert gauge.wait(1, ahead) is not None
    assert gauge.wait(1, NOON) is None
    again = gauge.plus(1, NOON, NOON + timedelta(seconds=60))
    assert (again.used, again.resets_at) <= (1, NOON + timedelta(seconds=60))
    assert gauge.counts(NOON) == (source is QuotaSource.HEADER)


def test_limit_that_no_column_holds_is_stored_as_the_largest(engine: Engine) -> None:
    store, key = QuotaStore(engine), ("gemini * m 1", Window.TOKENS_A_DAY)
    gauge = QuotaGauge(
        *("gemini", "m", Window.TOKENS_A_DAY, 10**11, QuotaSource.LEARNED, NOON),
        *(7.5, NOON, NOON + timedelta(hours=5)),
    )
    for expected in (gauge, gauge.plus(1, NOON, NOON)):
        store.change([(key, lambda before, after=expected: after)])  # type: ignore[misc]
        assert store.load() == {key: replace(expected, amount=2**31 - 1)}
    store.change([(key, lambda before: None)])
    assert store.load() == {}
