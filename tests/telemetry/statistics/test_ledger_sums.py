"""The database's sums are what one finds by counting each call."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.telemetry import Ledger, LedgerEntry, Outcome, Tokens
from tests.telemetry.entries import NOON, entry
from tests.telemetry.statistics.plain_counting import comparable, counted

SPANS = [timedelta(hours=1), timedelta(hours=30), timedelta(days=9)]
ZONES: list[tzinfo] = [
    UTC,
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("America/New_York"),
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("America/Sao_Paulo"),
]
ENDS = [
    NOON,
    datetime(2026, 10, 26, 3, tzinfo=UTC),
    datetime(2026, 4, 5, tzinfo=UTC),
    datetime(2018, 11, 5, tzinfo=UTC),
]
"""Days near which clocks are set: in Berlin, on Lord Howe, in Sao Paulo at midnight."""

words = st.sampled_from(["a", "b", "a,b", "x:0", "Ω", "c d"])
times = st.none() | st.integers(0, 5)
tokens = st.none() | st.builds(Tokens, *[st.integers(0, 9)] * 4)


@st.composite
def entries(draw: st.DrawFn, end: datetime, span: timedelta) -> LedgerEntry:
    ago = draw(st.integers(0, int(span.total_seconds())))
    return entry(
        draw(st.sampled_from([str(outcome.value) for outcome in Outcome])),
        at=end
        - timedelta(seconds=ago, microseconds=draw(st.integers(0, 1) if ago else st.just(0))),
        user=draw(words),
        turn=draw(st.sampled_from("123")),
        place=draw(words),
        model=draw(words),
        position=draw(st.integers(0, 1)),
        kind=draw(st.none() | st.sampled_from(["quota", "timeout"])),
        first_token_ms=draw(times),
        duration_ms=draw(st.integers(0, 5)),
        tokens=draw(tokens),
        exhausted=draw(st.booleans()),
        cost=draw(st.none() | st.sampled_from([0.0, 0.25, 1.5])),
    )


@pytest.mark.parametrize("by", [None, "provider", "model", "user", "day"])
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_sums_are_what_counting_finds(engine: Engine, by: str | None, data: st.DataObject) -> None:
    end, span = data.draw(st.sampled_from(ENDS)), data.draw(st.sampled_from(SPANS))
    zone = data.draw(st.sampled_from(ZONES))
    given_ = data.draw(st.lists(entries(end, span), max_size=12))
    ledger = Ledger(engine)
    for user in {one.ids.user for one in ledger.since(datetime(2000, 1, 1, tzinfo=UTC))}:
        ledger.forget(user)
    ledger.add(given_, end)
    told = ledger.statistics(end - span, end, zone, by)
    known = [one for one in given_ if one.attempt.at >= end - span]
    expected = counted(known, span, zone, by)
    assert comparable(told.whole) == expected["whole"]
    assert {name: comparable(group) for name, group in told.groups.items()} == expected["groups"]
    inside = {
        bucket.begin.astimezone(UTC): comparable(bucket.summary)
        for bucket in told.buckets
        if bucket.summary.calls or bucket.summary.skipped
    }
    assert inside == expected["pieces"]
    begins = [bucket.begin.astimezone(UTC) for bucket in told.buckets]
    assert begins == sorted(begins)
