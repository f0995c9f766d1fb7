"""Show statistics in the terminal, with bars and sparklines."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from app.cli.quota_lines import quota_lines

if TYPE_CHECKING:
    from app.telemetry import QuotaLeft, Statistics, Summary
    from app.telemetry.statistics import Spread

_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 30
_LONGEST = 24


def show(
    found: "Statistics", quotas: "Sequence[QuotaLeft]", since: str, by: str | None, zone: tzinfo
) -> None:
    """Print everything."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not found.whole.turns:
        console.print(f"No model was asked in the last {since}.")
    else:
        console.print(f"The last {since}:\n")
        console.print(_overview(found))
        if found.whole.kinds:
            console.print("\nWhy models failed, or were not asked:\n")
            console.print(_bars(found.whole.kinds))
        if by:
            console.print(f"\nBy {by}:\n")
            console.print(_table(found.groups, by))
    console.print("\nQuotas:\n")
    for line in quota_lines(quotas, zone):
        console.print(f"  {line}")


def sparkline(values: "Sequence[float]") -> str:
    """Return a row of bars, at most 24: neighbours share one, the highest of them counts."""
    if not any(values):
        return ""
    share = -(-len(values) // _LONGEST)
    heights = [max(values[n : n + share]) for n in range(0, len(values), share)]
    top = max(heights)
    return "".join(_BARS[round(height / top * (len(_BARS) - 1))] for height in heights)


def money(cost: float | None, unpriced: int) -> str:
    """Return a cost in words; what is unknown is said to be."""
    if cost is None:
        return "unknown"
    told = f"${cost:,.2f}" if cost >= 1 else f"${cost:.4f}"
    if cost and told == "$0.0000":
        told = "under $0.0001"
    return f"{told} and {unpriced} calls of unknown price" if unpriced else told


def _overview(found: "Statistics") -> Table:
    whole = found.whole
    each = [bucket.summary for bucket in found.buckets]
    tokens = f"{whole.tokens_in:,} in, {whole.tokens_out:,} out"
    of_these = f"{whole.tokens_cached:,} cached, {whole.tokens_reasoning:,} reasoning"
    latency = [one.total.median if one.total else 0 for one in each]
    table = Table(box=None, show_header=False, padding=(0, 2))
    for cut in (False, False, True):  # the newest bar is the last, and must not be cut off
        table.add_column(no_wrap=cut)
    for name, value, values in (
        ("turns", f"{whole.turns:,}", [one.turns for one in each]),
        ("failed over", _share(whole), [one.failovers for one in each]),
        ("all models failed", f"{whole.all_failed:,}", [one.all_failed for one in each]),
        ("calls", f"{whole.calls:,}, and {whole.skipped:,} skipped", [one.calls for one in each]),
        ("first token", _times(whole.first_token), ()),
        ("whole answer", _times(whole.total), latency),
        ("tokens", tokens, [one.tokens_in + one.tokens_out for one in each]),
        ("of these", of_these, ()),
        ("cost", money(whole.cost, whole.unpriced), [one.cost or 0 for one in each]),
    ):
        table.add_row(name, value, sparkline(values))
    return table


def _bars(kinds: dict[str, int]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    most = max(kinds.values())
    for kind, count in kinds.items():
        table.add_row(kind, f"{count:,}", "█" * max(1, round(count / most * _WIDEST)))
    return table


def _table(groups: "dict[str, Summary]", by: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(by, overflow="fold")
    names = ("turns", "failovers", "unanswered", "first", "answer", "tokens", "cost")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for name, one in groups.items():
        table.add_row(
            name,
            f"{one.turns:,}",
            _share(one),
            f"{one.all_failed:,}",
            f"{one.first_token.median / 1000:.2f} s" if one.first_token else "-",
            f"{one.total.median / 1000:.2f} s" if one.total else "-",
            f"{one.tokens_in + one.tokens_out:,}",
            _at_least(one),
        )
    return table


def _at_least(one: "Summary") -> str:
    """Return a cost in few words: calls of unknown price make it the least that it may be."""
    told = money(one.cost, 0)
    return f"{told} or more" if one.unpriced and one.cost is not None else told


def _share(one: "Summary") -> str:
    return f"{one.failovers:,} ({one.failover_rate:.1%})"


def _times(spread: "Spread | None") -> str:
    if spread is None:
        return "-"
    return f"{spread.median / 1000:.2f} s, p95 {spread.p95 / 1000:.2f} s"
