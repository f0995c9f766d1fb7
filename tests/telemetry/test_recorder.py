"""What the recorder does with attempts: gather, price, write, and tell metrics."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import create_engine

from app.errors import DatabaseError
from app.settings import Settings
from app.telemetry import Ledger, LedgerEntry, Prices, Recorder, Tokens, recorder
from tests.fakes.clock import FixedClock
from tests.telemetry.entries import entry

PRICES = Prices(Settings().places, Settings(llm_prices="gemini-3.5-flash-lite=1/2").llm_prices)


class Written(Ledger):
    """A ledger that keeps what it would write, and can be broken."""

    def __init__(self) -> None:
        super().__init__(create_engine("sqlite://"))
        self.broken = False
        self.batches: list[list[LedgerEntry]] = []

    def add(self, entries: Sequence[LedgerEntry], now: datetime) -> None:
        if self.broken:
            raise DatabaseError("The disk is full.")
        self.batches.append(list(entries))


@pytest.fixture
def ledger() -> Written:
    return Written()


def turns(entries: Sequence[LedgerEntry]) -> list[str]:
    return [each.ids.turn for each in entries]


def test_attempts_of_a_moment_are_written_at_once_in_their_order(
    ledger: Written, clock: FixedClock
) -> None:
    recording = Recorder(lambda: ledger, PRICES, clock)
    for turn in "123":
        recording.note([entry(turn=turn)])
    recording.close()
    assert [turns(batch) for batch in ledger.batches] == [["1", "2", "3"]]


def test_nothing_noted_writes_nothing(ledger: Written, clock: FixedClock) -> None:
    recording = Recorder(lambda: ledger, PRICES, clock)
    recording.note([])
    recording.close()
    assert ledger.batches == []


def test_ledger_and_metrics_get_the_cost(ledger: Written, clock: FixedClock) -> None:
    told: list[LedgerEntry] = []
    recording = Recorder(lambda: ledger, PRICES, clock, [told.extend])
    recording.note([entry(tokens=Tokens(1_000_000, 500_000)), entry(turn="2")])
    recording.close()
    assert [each.cost for each in told] == [2.0, None]
    assert told == ledger.batches[0]


def test_metrics_hear_of_each_attempt_once_though_the_ledger_is_broken(
    ledger: Written, clock: FixedClock
) -> None:
    told: list[LedgerEntry] = []
    recording = Recorder(lambda: ledger, PRICES, clock, [told.extend])
    ledger.broken = True
    for turn in "12":
        recording.note([entry(turn=turn)])
        recording.close()
    ledger.broken = False
    recording.note([entry(turn="3")])
    recording.close()
    assert turns(told) == ["1", "2", "3"]
    assert [turns(batch) for batch in ledger.batches] == [["1", "2", "3"]]


def test_rows_that_wait_for_a_broken_database_are_bounded_and_the_newest_stay(
    ledger: Written, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_MOST_WAITING", 5)
    recording = Recorder(lambda: ledger, PRICES, clock)
    ledger.broken = True
    for turn in range(8):
        recording.note([entry(turn=str(turn))])
        recording.close()
    ledger.broken = False
    recording.note([entry(turn="8")])
    recording.close()
    assert [turns(batch) for batch in ledger.batches] == [["4", "5", "6", "7", "8"]]
