"""Say what model calls come to: turns, failovers, failures, latency, tokens, cost.

The database counts, so that neither memory nor time grow with what it gives back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from .ledger_sums import COLUMNS, LedgerSums
from .tally import Spread, Summary, Tally
from .time_pieces import Cut, cuts_of, local_day

TimeRow = tuple[int, int, int]
"""Part of the time, milliseconds, how many."""

GROUPS = (*COLUMNS, "day")
"""What attempts can be told apart by."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One piece of the time, from `begin` on."""

    begin: datetime
    summary: Summary


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything together, by group, and over time in equal pieces."""

    whole: Summary
    groups: dict[str, Summary]
    buckets: tuple[Bucket, ...]


def count_calls(
    connection: Connection, begin: datetime, end: datetime, zone: tzinfo, by: str | None
) -> Statistics:
    """Return what attempts from an instant on come to.

    Args:
        connection: To the ledger; all that it reads is of one moment.
        begin: From when on.
        end: Now: until when there are pieces.
        zone: Whose days are counted.
        by: One of `GROUPS`; None for no groups.
    """
    sums = LedgerSums(connection, begin, by)
    first = sums.first()
    cuts = [] if first is None else cuts_of(first, begin, end, zone, days=by == "day")
    counted = _Counted(cuts, by, zone)
    if cuts:
        counted.take(sums, cuts)
    return counted.statistics()


class _Counted:
    """The tallies: of the whole, of each group, and of each piece of the time."""

    def __init__(self, cuts: Sequence[Cut], by: str | None, zone: tzinfo) -> None:
        self._cuts = cuts
        self._by = by
        self._zone = zone
        self._whole = Tally()
        self._groups: dict[str, Tally] = defaultdict(Tally)
        self._pieces = {cut.piece: Tally() for cut in cuts}

    def take(self, sums: LedgerSums, cuts: Sequence[Cut]) -> None:
        """Count everything.

        Args:
            sums: The questions to the database.
            cuts: The pieces of the time.
        """
        bounds = [(number, cut.begin, cut.end) for number, cut in enumerate(cuts)]
        for row in sums.calls(bounds):
            for tally in self._concerned(row.cut, row.told_apart):
                tally.add_calls(row)
        for turn in sums.turns(bounds):
            for tally, gave_up in self._of_turn(turn.parts):
                tally.add_turns(turn.count, gave_up, turn.failed_over, turn.lost)
        for name in ("first_token", "total"):
            self._spread(name, sums.times(name, bounds))
            if self._by in COLUMNS:
                for group, times in _by_first(sums.times_by_group(name)):
                    setattr(self._groups[group], name, spread_of(times))

    def statistics(self) -> Statistics:
        """Return what was counted."""
        begins = {cut.piece: cut.begin_of_piece for cut in self._cuts}
        return Statistics(
            whole=self._whole.summary(),
            groups={name: self._groups[name].summary() for name in sorted(self._groups)},
            buckets=tuple(
                Bucket(begins[piece].astimezone(self._zone), tally.summary())
                for piece, tally in self._pieces.items()
            ),
        )

    def _group(self, cut: int, told_apart: str) -> str:
        if self._by == "day":
            return local_day(self._cuts[cut].begin, self._zone)
        return told_apart

    def _concerned(self, cut: int, told_apart: str) -> Iterator[Tally]:
        yield self._whole
        yield self._pieces[self._cuts[cut].piece]
        if self._by:
            yield self._groups[self._group(cut, told_apart)]

    def _of_turn(self, parts: Sequence[tuple[int, str, bool]]) -> Iterator[tuple[Tally, bool]]:
        """Yield the tallies that a turn belongs to, and whether a model was given up in them.

        Args:
            parts: Where the turn's attempts were: cut, group, and whether one gave up there.
        """
        gave_up: dict[int, bool] = {}
        tallies: dict[int, Tally] = {}
        for cut, told_apart, failed in parts:
            for tally in self._concerned(cut, told_apart):
                tallies[id(tally)] = tally
                gave_up[id(tally)] = gave_up.get(id(tally), False) or failed
        for key, tally in tallies.items():
            yield tally, gave_up[key]

    def _spread(self, name: str, rows: Iterable[TimeRow]) -> None:
        """Find the spreads of the whole, of each piece, and of each day.

        Args:
            name: Which time.
            rows: Cut, milliseconds, how many, in this order.
        """
        whole: Counter[int] = Counter()
        for piece, in_piece in groupby(rows, lambda row: self._cuts[row[0]].piece):
            inside = list(in_piece)
            times = _together(inside)
            setattr(self._pieces[piece], name, spread_of(times.items()))
            whole.update(times)
            if self._by == "day":
                self._spread_days(name, inside)
        setattr(self._whole, name, spread_of(whole.items()))

    def _spread_days(self, name: str, rows: Sequence[TimeRow]) -> None:
        def by_day(row: TimeRow) -> str:
            return self._group(row[0], "")

        for day, in_day in groupby(rows, by_day):
            self._groups[day].times[name].update(_together(in_day))
            setattr(self._groups[day], name, spread_of(self._groups[day].times[name].items()))


def spread_of(times: Iterable[tuple[int, int]]) -> Spread | None:
    """Return the nearest ranks; None of nothing.

    Args:
        times: Milliseconds, and how often; in any order.
    """
    known = sorted(times)
    total = sum(count for _, count in known)
    if not total:
        return None
    return Spread(*(_at_rank(known, -(-total * share // 100)) for share in (50, 95)))


def _at_rank(known: Sequence[tuple[int, int]], rank: int) -> int:
    passed = 0
    for time, count in known:
        passed += count
        if passed >= rank:
            return time
    raise AssertionError("a rank is at most the number of times")


def _together(rows: Iterable[TimeRow]) -> Counter[int]:
    times: Counter[int] = Counter()
    for _, time, count in rows:
        times[time] += count
    return times


def _by_first(
    rows: Iterable[tuple[str, int, int]],
) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    for first, inside in groupby(rows, itemgetter(0)):
        yield first, [(time, count) for _, time, count in inside]
