"""How counts travel between this process's memory and the database of all processes."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine

from app.errors import DatabaseError
from app.llm.resilience import quota_counters
from app.llm.resilience.quota_counters import QuotaCounters
from app.settings import Window
from app.telemetry import QuotaChange, QuotaGauge, QuotaKey, QuotaSource, QuotaStore
from tests.fakes.clock import FixedClock
from tests.telemetry.entries import NOON

KEY = ("gemini * m 1", Window.REQUESTS_A_DAY)
GAUGE = QuotaGauge(
    provider="gemini",
    model="m",
    quota=Window.REQUESTS_A_DAY,
    amount=500,
    source=QuotaSource.SETTING,
    known_at=NOON,
    used=0.0,
    counted_at=NOON,
    resets_at=NOON + timedelta(hours=12),
)


class Rows(QuotaStore):
    """Rows in a dictionary; something may happen while they are read."""

    def __init__(self) -> None:
        super().__init__(create_engine("sqlite://"))
        self.rows: dict[QuotaKey, QuotaGauge] = {}
        self.while_reading: Callable[[], None] = lambda: None
        self.reads = 0
        self.broken = False

    def load(self) -> dict[QuotaKey, QuotaGauge]:
        rows = dict(self.rows)
        self.reads += 1
        self.while_reading()
        return rows

    def change(self, changes: Sequence[tuple[QuotaKey, QuotaChange]]) -> None:
        if self.broken:
            raise DatabaseError("Another program holds it.")
        for key, change in changes:
            after = change(self.rows.get(key))
            if after is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = after


def one_more(before: QuotaGauge | None) -> QuotaGauge:
    return (before or GAUGE).plus(1, NOON, NOON)


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def counters(rows: Rows, clock: FixedClock) -> QuotaCounters:
    return QuotaCounters(lambda: rows, clock)


def used(counters: QuotaCounters) -> float:
    gauge = counters.gauge(KEY)
    return gauge.used if gauge else 0


def test_count_is_in_memory_at_once_and_in_the_database_soon(
    rows: Rows, counters: QuotaCounters
) -> None:
    counters.change(KEY, one_more)
    assert (used(counters), rows.rows) == (1, {})
    counters.close()
    assert rows.rows[KEY].used == 1


def test_first_decision_waits_for_what_other_processes_have_used(
    rows: Rows, counters: QuotaCounters
) -> None:
    rows.rows[KEY] = replace(GAUGE, used=7.0)
    assert used(counters) == 0
    asyncio.run(counters.refresh())
    assert used(counters) == 7
    counters.close()


def test_counts_add_up_with_those_of_other_processes(rows: Rows, counters: QuotaCounters) -> None:
    counters.change(KEY, one_more)
    rows.rows[KEY] = replace(GAUGE, used=7.0)
    counters.close()
    assert (rows.rows[KEY].used, used(counters)) == (8, 8)


def test_count_that_is_made_while_the_rows_are_read_is_not_lost(
    rows: Rows, counters: QuotaCounters
) -> None:
    def another_turn() -> None:
        rows.broken = True  # so that nothing is read a second time
        counters.change(KEY, one_more)

    rows.while_reading = another_turn
    asyncio.run(counters.refresh())
    counters.close()
    assert (used(counters), rows.rows) == (1, {})


def test_rows_are_read_again_only_after_a_second(
    rows: Rows, counters: QuotaCounters, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: seconds[0])
    for seconds[0] in (0.0, 1.0, 1.1, 2.0):
        asyncio.run(counters.refresh())
        counters.close()
    assert rows.reads == 2


def test_counts_that_wait_for_a_broken_database_are_bounded(
    rows: Rows, counters: QuotaCounters, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota_counters, "_MOST_WAITING", 3)
    seconds = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: seconds[0])
    for seconds[0] in (2.0, 4.0, 6.0, 8.0, 10.0, 12.0):
        rows.broken = seconds[0] < 12
        counters.change(KEY, one_more)
        asyncio.run(counters.refresh())
        counters.close()
    assert rows.rows[KEY].used == 4


def test_quota_that_is_forgotten_leaves_no_row(rows: Rows, counters: QuotaCounters) -> None:
    counters.change(KEY, one_more)
    counters.change(KEY, lambda before: None)
    counters.close()
    assert (rows.rows, counters.gauge(KEY)) == ({}, None)


def test_who_asks_what_is_left_waits_for_what_was_counted_before(
    rows: Rows, counters: QuotaCounters
) -> None:
    counters.change(KEY, one_more)
    asyncio.run(counters.settle())
    assert rows.rows[KEY].used == 1
    counters.close()
