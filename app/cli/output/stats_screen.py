"""Show statistics in the terminal, with bars and sparklines."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from . import tables as sheet
from .quota_lines import quota_lines
from .tables import NARROW, page_width

if TYPE_CHECKING:
    from ...telemetry import QuotaLeft, Statistics, Summary
    from ...telemetry.statistics import Spread

_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 30
_LONGEST = 40
_BESIDE, _GAPS = 56, 12
"""Columns of the overview beside its sparklines, and of spaces around the bars."""
_COLUMNS = ("turns", "failovers", "unanswered", "first", "answer", "tokens", "cost")


def show(
    found: "Statistics", quotas: "Sequence[QuotaLeft]", since: str, by: str | None, zone: tzinfo
) -> None:
    """Print everything."""
    width = page_width()
    things: list[RenderableType] = []
    if not found.whole.turns:
        things.append(f"No model was asked in the last {since}.")
    else:
        things += [f"The last {since}:\n", _overview(found, width)]
        if found.whole.kinds:
            things.append("\nWhy models failed, or were not asked:\n")
            things.append(_bars(found.whole.kinds, width))
        if by:
            things += [f"\nBy {by}:\n", _table(found.groups, by, width)]
    things.append("\nQuotas:\n")
    things += [Padding(line, (0, 0, 0, 2)) for line in quota_lines(quotas, zone)]
    sheet.show(*things, plain=False)


def sparkline(values: "Sequence[float]", room: int = _LONGEST) -> str:
    """Return a row of bars, at most `room`: neighbours share one, the highest of them counts."""
    if not any(values) or room < 1:
        return ""
    share = -(-len(values) // room)
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


def _overview(found: "Statistics", width: int) -> Table:
    whole = found.whole
    each = [bucket.summary for bucket in found.buckets]
    tokens = f"{whole.tokens_in:,} in, {whole.tokens_out:,} out"
    of_these = f"{whole.tokens_cached:,} cached, {whole.tokens_reasoning:,} reasoning"
    latency = [one.total.median if one.total else 0 for one in each]
    room = 0 if width < NARROW else min(_LONGEST, width - _BESIDE)
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
        table.add_row(name, value, sparkline(values, room))
    return table


def _bars(kinds: dict[str, int], width: int) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    most = max(kinds.values())
    widest = min(_WIDEST, width - max(map(len, kinds)) - len(f"{most:,}") - _GAPS)
    for kind, count in kinds.items():
        table.add_row(kind, f"{count:,}", "█" * max(1, round(count / most * widest)))
    return table


def _table(groups: "dict[str, Summary]", by: str, width: int) -> Table:
    """Return the table; on a narrow screen a group's numbers stand below its name."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(by, overflow="fold")
    if width < NARROW:
        table.show_header = False
        for name, one in groups.items():
            table.add_row(name)
            for what, number in _numbers(one).items():
                table.add_row(f"  {what}", number)
        return table
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for name, one in groups.items():
        table.add_row(name, *_numbers(one).values())
    return table


def _numbers(one: "Summary") -> dict[str, str]:
    return dict(
        zip(
            _COLUMNS,
            (
                f"{one.turns:,}",
                _share(one),
                f"{one.all_failed:,}",
                f"{one.first_token.median / 1000:.2f} s" if one.first_token else "-",
                f"{one.total.median / 1000:.2f} s" if one.total else "-",
                f"{one.tokens_in + one.tokens_out:,}",
                _at_least(one),
            ),
            strict=True,
        )
    )


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
