"""The command `stats`: who answered, how often it failed over, what it cost, what is left."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ... import PROGRAM
from ...errors import InputError
from ..exit_codes import Exit
from ..store_context import open_stores

if TYPE_CHECKING:
    from ...telemetry import QuotaLeft, Statistics, Summary

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_GROUPS = ("provider", "model", "user", "day")


@click.command(epilog=f"Example: {PROGRAM} stats --since 7d --by provider")
@click.option("--since", default="7d", show_default=True, help="30m, 24h, 7d or 4w back from now.")
@click.option("--by", type=click.Choice(_GROUPS), help="One line for each of these.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw latency, failovers and cost into this PNG file.",
)
def stats(since: str, by: str | None, as_json: bool, plot: Path | None) -> int:
    """Show turns, failovers, failures, latency, tokens, cost, and what is left of the quotas.

    Exit codes: 0 shown, also where nothing was asked yet; 1 the database failed; 2 wrong usage
    or setting.
    """
    period = _period(since)
    with open_stores(None, reading=True) as opened:
        zone, now = opened.owner.zone, opened.clock.now()
        statistics = opened.stores.ledger().statistics(now - period, now, zone, by)
        quotas = opened.stores.quotas_left()
    if plot is not None:
        from ..output import draw_plot

        draw_plot(statistics, plot)
        click.echo(f"Wrote {plot}.", err=True)
    if as_json:
        click.echo(json.dumps(_record(statistics, quotas, since, by), indent=2))
    elif plot is None:
        from ..output import show_statistics

        show_statistics(statistics, quotas, since, by, zone)
    return Exit.ANSWERED


def _period(since: str) -> timedelta:
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhdw])", since.strip().lower())
    if match is None:
        raise InputError(f'--since is "{since}", but must be like 30m, 24h, 7d or 4w.')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _record(
    statistics: "Statistics", quotas: "list[QuotaLeft]", since: str, by: str | None
) -> dict[str, Any]:
    """Return everything as `--json` prints it."""
    from dataclasses import asdict

    def record(summary: "Summary") -> dict[str, Any]:
        return asdict(summary) | {"failover_rate": round(summary.failover_rate, 4)}

    whole: dict[str, Any] = {"since": since, **record(statistics.whole)}
    if by:
        groups = statistics.groups.items()
        whole[f"by_{by}"] = {name: record(group) for name, group in groups}
    whole["over_time"] = [
        {"begin": bucket.begin.isoformat(), **record(bucket.summary)}
        for bucket in statistics.buckets
        if bucket.summary.turns
    ]
    whole["quotas"] = [
        asdict(quota) | {"resets_at": quota.resets_at.isoformat() if quota.resets_at else None}
        for quota in quotas
    ]
    return whole
