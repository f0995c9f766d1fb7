"""What the ledger's rows come to: neighbours of what the `stats` command shows."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.telemetry import LedgerEntry, Tokens
from tests.telemetry.entries import NOON, entry, statistics_of


def at(**ago: float) -> datetime:
    return NOON - timedelta(**ago)


def pieces(entries: list[LedgerEntry], span: timedelta) -> list[tuple[datetime, int]]:
    found = statistics_of(entries, NOON - span, NOON, UTC, None)
    return [(bucket.begin, bucket.summary.calls) for bucket in found.buckets]


@pytest.mark.parametrize(
    ("span", "step"),
    [
        (timedelta(hours=2), timedelta(minutes=1)),
        (timedelta(hours=2, seconds=1), timedelta(hours=1)),
        (timedelta(days=2), timedelta(hours=1)),
        (timedelta(days=2, seconds=1), timedelta(days=1)),
    ],
)
def test_time_is_cut_into_minutes_hours_or_days_by_its_length(
    span: timedelta, step: timedelta
) -> None:
    (first, _), (second, _), *_ = pieces([entry(at=NOON - span), entry()], span)
    assert second - first == step


def test_pieces_begin_with_the_first_attempt_and_leave_no_gap() -> None:
    found = pieces([entry(at=at(minutes=3)), entry(at=at(minutes=1))], timedelta(hours=1))
    assert [calls for _, calls in found] == [1, 0, 1, 0]
    assert found[0][0] == at(minutes=3)
    assert pieces([], timedelta(hours=1)) == []


def test_days_are_those_of_the_persons_zone() -> None:
    zone = timezone(timedelta(hours=-13))
    found = statistics_of([entry()], at(days=7), NOON, zone, "day")
    assert list(found.groups) == ["2026-11-23"]


def test_groups_come_in_the_order_of_their_names() -> None:
    entries = [entry(user="zoe"), entry(user="ann"), entry(user="zoe")]
    found = statistics_of(entries, at(days=1), NOON, UTC, "user")
    assert [(name, group.calls) for name, group in found.groups.items()] == [("ann", 1), ("zoe", 2)]


def test_tokens_add_up_and_cached_and_reasoning_ones_are_told_apart() -> None:
    entries = [entry(tokens=Tokens(10, 4, 3, 2)), entry(tokens=Tokens(1, 1)), entry("failed")]
    whole = statistics_of(entries, at(days=1), NOON, UTC, None).whole
    counts = (whole.tokens_in, whole.tokens_out, whole.tokens_cached, whole.tokens_reasoning)
    assert counts == (11, 5, 3, 2)


def test_turn_is_one_persons_in_one_thread() -> None:
    entries = [entry(), entry(), entry(user="bob"), entry(thread="home"), entry(turn="2")]
    assert statistics_of(entries, at(days=1), NOON, UTC, None).whole.turns == 4


def test_nothing_comes_to_nothing() -> None:
    whole = statistics_of([], at(days=1), NOON, UTC, None).whole
    assert (whole.turns, whole.failover_rate, whole.first_token, whole.cost) == (0, 0.0, None, 0)


def test_what_no_provider_counted_is_unknown_and_not_zero() -> None:
    counted = entry(tokens=Tokens(10, 2))
    told = statistics_of([entry(), entry()], NOON, NOON, UTC, None).whole
    assert (told.tokens_in, told.tokens_cached, told.uncounted) == (None, None, 2)
    assert (told.cost, told.unpriced) == (None, 2)
    some = statistics_of([entry(), counted, entry("failed")], NOON, NOON, UTC, None).whole
    assert (some.tokens_in, some.tokens_out, some.uncounted) == (10, 2, 1)
    none = statistics_of([entry("failed")], NOON, NOON, UTC, None).whole
    assert (none.tokens_in, none.uncounted, none.cost) == (0, 0, 0)
