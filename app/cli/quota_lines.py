"""Word what is left of the quotas: `stats`, and whoever else shows it, says it the same way."""

from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.telemetry import QuotaLeft

_HOW = {
    "setting": "set, counted here",
    "learned": "learned from a 429, counted here",
    "header": "told by the provider",
}


def quota_lines(quotas: "Sequence[QuotaLeft]", zone: tzinfo) -> list[str]:
    """Return a line for each quota, or one that says that none is known."""
    if not quotas:
        return ["No limit is set or was learned yet: nothing is held back."]
    return [_line(quota, zone) for quota in quotas]


def _line(quota: "QuotaLeft", zone: tzinfo) -> str:
    back = ""
    if quota.resets_at is not None:
        local = quota.resets_at.astimezone(zone)
        back = f", all back at {local:%H:%M:%S}" if not quota.quota.daily else ""
        back = back or f", all back at {local:%H:%M on %Y-%m-%d}"
    left = f"{quota.left:,} of {quota.amount:,} {quota.quota.value} left"
    return f"{quota.provider} {quota.model}: {left}{back} ({_HOW[quota.source.value]})"
