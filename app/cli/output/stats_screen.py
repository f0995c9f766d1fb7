"""Show statistics in the terminal, with bars and sparklines."""

from datetime import tzinfo
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table

from .quota_lines import quota_sentences
from .tables import NARROW, page_width, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from ...telemetry import QuotaLeft, Spread, Statistics, Summary

_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 30
_LONGEST = 40
_BESIDE, _GAPS = 56, 12
"""Columns of the overview beside its sparklines, and of spaces around the bars."""
_COLUMNS = ("turns", "failovers", "unanswered", "first", "answer", "tokens", "cost")


def show_statistics(
    statistics: "Statistics",
    quotas: "Sequence[QuotaLeft]",
    since: str,
    by: str | None,
    zone: tzinfo,
) -> None:
    """Print statistics and quotas.

    Args:
        statistics: What to show.
        quotas: What is left of each quota.
        since: The period, as it was typed.
        by: What the groups are, if there are any.
        zone: The person's time zsummary.
    """
    width = page_width()
    things: list[RenderableType] = []
    if not statistics.whole.turns:
        things.append(f"No model was asked in the last {since}.")
    else:
        things += [f"The last {since}:\n", _overview(statistics, width)]
        if statistics.whole.kinds:
            things.append("\nWhy models failed, or were not asked:\n")
            things.append(_bars(statistics.whole.kinds, width))
        if by:
            things += [f"\nBy {by}:\n", _table(statistics.groups, by, width)]
    things.append("\nQuotas:\n")
    things += [Padding(line, (0, 0, 0, 2)) for line in quota_sentences(quotas, zone)]
    show(*things, plain=False)


def sparkline(values: "Sequence[float]", room: int = _LONGEST) -> str:
    """Return a row of bars, at most `room`: neighbours share one, the highest of them counts.

    Args:
        values: The numbers, in order of time.
        room: The most columns.
    """
    if not any(values) or room < 1:
        return ""
    share = -(-len(values) // room)
    heights = [max(values[n : n + share]) for n in range(0, len(values), share)]
    top = max(heights)
    return "".join(_BARS[round(height / top * (len(_BARS) - 1))] for height in heights)


def money(cost: float | None, unpriced: int) -> str:
    """Return a cost in words; what is unknown is said to be.

    Args:
        cost: US dollars; None where no price is known.
        unpriced: How many calls have no known price.
    """
    if cost is None:
        return "unknown"
    amount = f"${cost:,.2f}" if cost >= 1 else f"${cost:.4f}"
    if cost and amount == "$0.0000":
        amount = "under $0.0001"
    return f"{amount} and {unpriced} calls of unknown price" if unpriced else amount


def _overview(statistics: "Statistics", width: int) -> Table:
    whole = statistics.whole
    summaries = [bucket.summary for bucket in statistics.buckets]
    tokens = of_these = "unknown"
    if whole.tokens_in is not None:
        tokens = f"{whole.tokens_in:,} in, {whole.tokens_out:,} out{_uncounted(whole)}"
        of_these = f"{whole.tokens_cached:,} cached, {whole.tokens_reasoning:,} reasoning"
    latency = [summary.total.median if summary.total else 0 for summary in summaries]
    room = 0 if width < NARROW else min(_LONGEST, width - _BESIDE)
    table = Table(box=None, show_header=False, padding=(0, 2))
    for cut in (False, False, True):  # the newest bar is the last, and must not be cut off
        table.add_column(no_wrap=cut)
    for name, value, values in (
        ("turns", f"{whole.turns:,}", [each.turns for each in summaries]),
        ("failed over", _share(whole), [each.failovers for each in summaries]),
        (
            "all models failed",
            f"{whole.all_failed:,}",
            [each.all_failed for each in summaries],
        ),
        (
            "calls",
            f"{whole.calls:,}, and {whole.skipped:,} skipped",
            [each.calls for each in summaries],
        ),
        ("first token", _times(whole.first_token), ()),
        ("whole answer", _times(whole.total), latency),
        ("tokens", tokens, [_tokens(summary) or 0 for summary in summaries]),
        ("of these", of_these, ()),
        ("cost", money(whole.cost, whole.unpriced), [summary.cost or 0 for summary in summaries]),
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
        for name, summary in groups.items():
            table.add_row(name)
            for what, number in _numbers(summary).items():
                table.add_row(f"  {what}", number)
        return table
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for name, summary in groups.items():
        table.add_row(name, *_numbers(summary).values())
    return table


def _numbers(summary: "Summary") -> dict[str, str]:
    return dict(
        zip(
            _COLUMNS,
            (
                f"{summary.turns:,}",
                _share(summary),
                f"{summary.all_failed:,}",
                f"{summary.first_token.median / 1000:.2f} s" if summary.first_token else "-",
                f"{summary.total.median / 1000:.2f} s" if summary.total else "-",
                "unknown" if _tokens(summary) is None else f"{_tokens(summary):,}",
                _at_least(summary),
            ),
            strict=True,
        )
    )


def _tokens(summary: "Summary") -> int | None:
    if summary.tokens_in is None or summary.tokens_out is None:
        return None
    return summary.tokens_in + summary.tokens_out


def _uncounted(summary: "Summary") -> str:
    return f" and {summary.uncounted:,} answers of unknown size" if summary.uncounted else ""


def _at_least(summary: "Summary") -> str:
    """Return a cost in few words: calls of unknown price make it the least that it may be."""
    cost = money(summary.cost, 0)
    return f"{cost} or more" if summary.unpriced and summary.cost is not None else cost


def _share(summary: "Summary") -> str:
    return f"{summary.failovers:,} ({summary.failover_rate:.1%})"


def _times(spread: "Spread | None") -> str:
    if spread is None:
        return "-"
    return f"{spread.median / 1000:.2f} s, p95 {spread.p95 / 1000:.2f} s"
