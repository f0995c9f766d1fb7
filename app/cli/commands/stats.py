"""The command `stats`: who answered, how often it failed over, what it cost, what is left."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...errors import InputError
from ..store_context import opened

if TYPE_CHECKING:
    from ...telemetry import QuotaLeft, Statistics

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_GROUPS = ("provider", "model", "user", "day")


@click.command(epilog="Example: python -m app stats --since 7d --by provider")
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
    from ...telemetry import statistics_of

    back = _back(since)
    with opened(None) as here:
        zone, now = here.owner.zone, here.clock.now()
        calls, quotas = here.stores.ledger().since(now - back), here.stores.quotas_left()
    found = statistics_of(calls, now - back, now, zone, by)
    if plot is not None:
        from ..output.stats_plot import draw

        draw(found, plot)
        click.echo(f"Wrote {plot}.", err=True)
    if as_json:
        click.echo(json.dumps(_told(found, quotas, since, by), indent=2))
    elif plot is None:
        from ..output.stats_screen import show

        show(found, quotas, since, by, zone)
    return 0


def _back(since: str) -> timedelta:
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhdw])", since.strip().lower())
    if match is None:
        raise InputError(f'--since is "{since}", but must be like 30m, 24h, 7d or 4w.')
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _told(
    found: "Statistics", quotas: "list[QuotaLeft]", since: str, by: str | None
) -> dict[str, Any]:
    """Return everything as JSON knows it."""
    from dataclasses import asdict

    def summary(one: Any) -> dict[str, Any]:
        return asdict(one) | {"failover_rate": round(one.failover_rate, 4)}

    told = {"since": since, **summary(found.whole)}
    if by:
        told[f"by_{by}"] = {name: summary(one) for name, one in found.groups.items()}
    told["over_time"] = [
        {"begin": bucket.begin.isoformat(), **summary(bucket.summary)}
        for bucket in found.buckets
        if bucket.summary.turns
    ]
    told["quotas"] = [
        asdict(quota) | {"resets_at": quota.resets_at.isoformat() if quota.resets_at else None}
        for quota in quotas
    ]
    return told
