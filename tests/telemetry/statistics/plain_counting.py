"""Count a ledger's entries one by one in memory: what the database's sums are compared with."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from app.telemetry import LedgerEntry, Summary

GROUPS: dict[str, Callable[[LedgerEntry, tzinfo], str]] = {
    "provider": lambda entry, zone: entry.attempt.place,
    "model": lambda entry, zone: entry.attempt.model,
    "user": lambda entry, zone: entry.ids.user,
    "day": lambda entry, zone: str(entry.attempt.at.astimezone(zone).date()),
}


def counted(
    entries: Sequence[LedgerEntry], span: timedelta, zone: tzinfo, by: str | None
) -> dict[str, Any]:
    """Return the summaries of all entries, of each group, and of each piece that has any."""
    over = {
        entry.ids
        for entry in entries
        if entry.attempt.outcome.answered and entry.attempt.position > 0
    }
    lost = {entry.ids for entry in entries if entry.exhausted}
    first = min((entry.attempt.at for entry in entries), default=None)
    groups: dict[str, list[LedgerEntry]] = defaultdict(list)
    pieces: dict[datetime, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        groups[GROUPS[by](entry, zone) if by else ""].append(entry)
        pieces[_begin(entry.attempt.at, first or entry.attempt.at, span, zone)].append(entry)
    return {
        "whole": _summary(entries, over, lost),
        "groups": {name: _summary(groups[name], over, lost) for name in groups if by},
        "pieces": {begin: _summary(inside, over, lost) for begin, inside in pieces.items()},
    }


def comparable(summary: Summary) -> dict[str, Any]:
    """Return a summary with its cost rounded: sums of floats depend on their order."""
    told = asdict(summary)
    return told | {"cost": None if told["cost"] is None else round(told["cost"], 6)}


def _begin(at: datetime, first: datetime, span: timedelta, zone: tzinfo) -> datetime:
    """Return when the piece of an instant begins: a local day, or hours after the first one."""
    if span > timedelta(days=2):
        local = at.astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        return midnight.astimezone(UTC)
    step = timedelta(minutes=1) if span <= timedelta(hours=2) else timedelta(hours=1)
    start = first.astimezone(zone).replace(second=0, microsecond=0)
    if step > timedelta(minutes=1):
        start = start.replace(minute=0)
    utc = start.astimezone(UTC)
    return utc + (at - utc) // step * step


def _summary(entries: Sequence[LedgerEntry], over: set[Any], lost: set[Any]) -> dict[str, Any]:
    attempts = [entry.attempt for entry in entries]
    failed = {entry.ids for entry in entries if entry.attempt.outcome.gave_up}
    answers = [attempt for attempt in attempts if attempt.outcome.answered]
    tokens = [attempt.tokens for attempt in attempts if attempt.tokens]
    costs = [entry.cost for entry in entries if entry.cost is not None]
    uncounted = sum(answer.tokens is None for answer in answers)
    unpriced = uncounted + sum(bool(e.attempt.tokens) and e.cost is None for e in entries)
    unknown = uncounted and not tokens
    return comparable(
        Summary(
            turns=len({entry.ids for entry in entries}),
            failovers=len(failed & over),
            all_failed=len(failed & lost),
            calls=sum(attempt.outcome.asked for attempt in attempts),
            skipped=sum(not attempt.outcome.asked for attempt in attempts),
            kinds=dict(Counter(attempt.kind for attempt in attempts if attempt.kind)),
            first_token=_spread([answer.first_token_ms for answer in answers]),
            total=_spread([answer.duration_ms for answer in answers]),
            tokens_in=None if unknown else sum(each.incoming for each in tokens),
            tokens_out=None if unknown else sum(each.outgoing for each in tokens),
            tokens_cached=None if unknown else sum(each.cached for each in tokens),
            tokens_reasoning=None if unknown else sum(each.reasoning for each in tokens),
            uncounted=uncounted,
            cost=None if unpriced and not costs else sum(costs),
            unpriced=unpriced,
        )
    )


def _spread(times: Sequence[int | None]) -> Any:
    known = sorted(time for time in times if time is not None)
    if not known:
        return None
    from app.telemetry import Spread

    return Spread(*(known[-(-len(known) * share // 100) - 1] for share in (50, 95)))
