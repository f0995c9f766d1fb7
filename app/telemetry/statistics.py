"""Count what the ledger tells: turns, failovers, failures, latency, tokens, cost."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from .ledger import LedgerEntry

_BY_HOUR_BELOW = timedelta(days=2)
_BY_MINUTE_BELOW = timedelta(hours=2)

Turn = tuple[str, str, str]

GROUPS: dict[str, Callable[[LedgerEntry, tzinfo], str]] = {
    "provider": lambda entry, zone: entry.attempt.place,
    "model": lambda entry, zone: entry.attempt.model,
    "user": lambda entry, zone: entry.ids.user,
    "day": lambda entry, zone: f"{entry.attempt.at.astimezone(zone):%Y-%m-%d}",
}
"""What attempts can be told apart by."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some times and what 95 of 100 stay below, in milliseconds."""

    median: int
    p95: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What some attempts come to.

    `turns` had one of them; in `failovers` of these another model took over and answered, in
    `all_failed` none did. `kinds` counts failures, those of skipped calls too. Times are of
    answers. Tokens are None where no provider told them, and `uncounted` counts answers that came
    without. `cost` is in US dollars, None where it is known of no call, and `unpriced` counts calls
    of which it isn't: without a price, or without tokens.
    """

    turns: int
    failovers: int
    all_failed: int
    calls: int
    skipped: int
    kinds: dict[str, int]
    first_token: Spread | None
    total: Spread | None
    tokens_in: int | None
    tokens_out: int | None
    tokens_cached: int | None
    tokens_reasoning: int | None
    uncounted: int
    cost: float | None
    unpriced: int

    @property
    def failover_rate(self) -> float:
        """Return the share of turns that failed over."""
        return self.failovers / self.turns if self.turns else 0.0


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


def statistics_of(
    entries: Sequence[LedgerEntry], begin: datetime, end: datetime, zone: tzinfo, by: str | None
) -> Statistics:
    """Return what attempts between two instants come to.

    Args:
        entries: The attempts, of the ledger.
        begin: From when on.
        end: Now.
        zone: Whose days are counted.
        by: One of `GROUPS`; None for no groups.
    """
    failed_over = {
        turn_of(entry)
        for entry in entries
        if entry.attempt.outcome.answered and entry.attempt.position > 0
    }
    lost = {turn_of(entry) for entry in entries if entry.exhausted}
    groups: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries if by else ():
        groups[GROUPS[by or ""](entry, zone)].append(entry)
    return Statistics(
        whole=_summary(entries, failed_over, lost),
        groups={name: _summary(groups[name], failed_over, lost) for name in sorted(groups)},
        buckets=tuple(
            Bucket(start, _summary(inside, failed_over, lost))
            for start, inside in _pieces(entries, begin, end, zone)
        ),
    )


def turn_of(entry: LedgerEntry) -> Turn:
    """Return which turn an attempt belongs to."""
    return entry.ids.user, entry.ids.thread, entry.ids.turn


def _summary(entries: Sequence[LedgerEntry], failed_over: set[Turn], lost: set[Turn]) -> Summary:
    failed = {turn_of(entry) for entry in entries if entry.attempt.outcome.gave_up}
    answers = [entry for entry in entries if entry.attempt.outcome.answered]
    counted = [entry.attempt.tokens for entry in entries if entry.attempt.tokens]
    costs = [entry.cost for entry in entries if entry.cost is not None]
    kinds = Counter(entry.attempt.kind for entry in entries if entry.attempt.kind)
    uncounted = sum(entry.attempt.tokens is None for entry in answers)
    unpriced = uncounted + sum(
        entry.attempt.tokens is not None and entry.cost is None for entry in entries
    )
    unknown = uncounted and not counted
    return Summary(
        turns=len({turn_of(entry) for entry in entries}),
        failovers=len(failed & failed_over),
        all_failed=len(failed & lost),
        calls=sum(entry.attempt.outcome.asked for entry in entries),
        skipped=sum(not entry.attempt.outcome.asked for entry in entries),
        kinds=dict(kinds.most_common()),
        first_token=_spread(entry.attempt.first_token_ms for entry in answers),
        total=_spread(entry.attempt.duration_ms for entry in answers),
        tokens_in=None if unknown else sum(tokens.incoming for tokens in counted),
        tokens_out=None if unknown else sum(tokens.outgoing for tokens in counted),
        tokens_cached=None if unknown else sum(tokens.cached for tokens in counted),
        tokens_reasoning=None if unknown else sum(tokens.reasoning for tokens in counted),
        uncounted=uncounted,
        cost=None if unpriced and not costs else sum(costs),
        unpriced=unpriced,
    )


def _spread(times: Iterable[int | None]) -> Spread | None:
    """Return the nearest ranks; None of nothing."""
    known = sorted(time for time in times if time is not None)
    if not known:
        return None
    ranks = [-(-len(known) * share // 100) - 1 for share in (50, 95)]
    return Spread(*(known[rank] for rank in ranks))


def _pieces(
    entries: Sequence[LedgerEntry], begin: datetime, end: datetime, zone: tzinfo
) -> Iterable[tuple[datetime, list[LedgerEntry]]]:
    """Yield minutes, hours or days, as long as the time is, from the first call on."""
    if not entries:
        return
    whole = end - begin
    step = timedelta(days=1)
    if whole <= _BY_HOUR_BELOW:
        step = timedelta(minutes=1) if whole <= _BY_MINUTE_BELOW else timedelta(hours=1)
    local = min(entry.attempt.at for entry in entries).astimezone(zone)
    start = local.replace(second=0, microsecond=0)
    if step > timedelta(minutes=1):
        start = start.replace(minute=0)
    if step == timedelta(days=1):
        start = start.replace(hour=0)
    inside: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        inside[(entry.attempt.at - start) // step].append(entry)
    for number in range(max(0, (end - start) // step) + 1):
        yield start + number * step, inside[number]
