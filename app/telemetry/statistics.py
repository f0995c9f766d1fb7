"""Count what the ledger tells: turns, failovers, failures, latency, tokens, cost."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from .call_record import CallRecord

_BY_HOUR_BELOW = timedelta(days=2)
_BY_MINUTE_BELOW = timedelta(hours=2)

Turn = tuple[str, str, str]

GROUPS: dict[str, Callable[[CallRecord, tzinfo], str]] = {
    "provider": lambda call, zone: call.provider,
    "model": lambda call, zone: call.model,
    "user": lambda call, zone: call.user_id,
    "day": lambda call, zone: f"{call.at.astimezone(zone):%Y-%m-%d}",
}
"""What calls can be told apart by."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some times and what 95 of 100 stay below, in milliseconds."""

    median: int
    p95: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What some calls come to.

    `turns` had one of them; in `failovers` of these another model took over and answered, in
    `all_failed` none did. `kinds` counts failures, those of skipped calls too. Times are of
    answers. `cost` is in US dollars, None where no price is known at all, and `unpriced`
    counts calls with tokens but no known price.
    """

    turns: int
    failovers: int
    all_failed: int
    calls: int
    skipped: int
    kinds: dict[str, int]
    first_token: Spread | None
    total: Spread | None
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    tokens_reasoning: int
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
    calls: Sequence[CallRecord], begin: datetime, end: datetime, zone: tzinfo, by: str | None
) -> Statistics:
    """Return what calls between two instants come to.

    Args:
        calls: The calls.
        begin: From when on.
        end: Now.
        zone: Whose days are counted.
        by: One of `GROUPS`; None for no groups.
    """
    failed_over = {turn_of(call) for call in calls if call.answered and call.position > 0}
    lost = {turn_of(call) for call in calls if call.exhausted}
    groups: dict[str, list[CallRecord]] = defaultdict(list)
    for call in calls if by else ():
        groups[GROUPS[by or ""](call, zone)].append(call)
    return Statistics(
        whole=_summary(calls, failed_over, lost),
        groups={name: _summary(groups[name], failed_over, lost) for name in sorted(groups)},
        buckets=tuple(
            Bucket(start, _summary(inside, failed_over, lost))
            for start, inside in _pieces(calls, begin, end, zone)
        ),
    )


def turn_of(call: CallRecord) -> Turn:
    """Return which turn a call belongs to."""
    return call.user_id, call.thread, call.turn


def _summary(calls: Sequence[CallRecord], failed_over: set[Turn], lost: set[Turn]) -> Summary:
    failed = {turn_of(call) for call in calls if call.outcome in ("failed", "skipped")}
    answers = [call for call in calls if call.answered]
    counted = [call.tokens for call in calls if call.tokens]
    costs = [call.cost for call in calls if call.cost is not None]
    unpriced = sum(call.tokens is not None and call.cost is None for call in calls)
    return Summary(
        turns=len({turn_of(call) for call in calls}),
        failovers=len(failed & failed_over),
        all_failed=len(failed & lost),
        calls=sum(call.asked for call in calls),
        skipped=sum(not call.asked for call in calls),
        kinds=dict(Counter(call.kind for call in calls if call.kind).most_common()),
        first_token=_spread(call.first_token_ms for call in answers),
        total=_spread(call.total_ms for call in answers),
        tokens_in=sum(tokens.incoming for tokens in counted),
        tokens_out=sum(tokens.outgoing for tokens in counted),
        tokens_cached=sum(tokens.cached for tokens in counted),
        tokens_reasoning=sum(tokens.reasoning for tokens in counted),
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
    calls: Sequence[CallRecord], begin: datetime, end: datetime, zone: tzinfo
) -> Iterable[tuple[datetime, list[CallRecord]]]:
    """Yield minutes, hours or days, as long as the time is, from the first call on."""
    if not calls:
        return
    whole = end - begin
    step = timedelta(days=1)
    if whole <= _BY_HOUR_BELOW:
        step = timedelta(minutes=1) if whole <= _BY_MINUTE_BELOW else timedelta(hours=1)
    local = min(call.at for call in calls).astimezone(zone)
    start = local.replace(second=0, microsecond=0)
    if step > timedelta(minutes=1):
        start = start.replace(minute=0)
    if step == timedelta(days=1):
        start = start.replace(hour=0)
    inside: dict[int, list[CallRecord]] = defaultdict(list)
    for call in calls:
        inside[(call.at - start) // step].append(call)
    for number in range(max(0, (end - start) // step) + 1):
        yield start + number * step, inside[number]
