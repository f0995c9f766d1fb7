"""Say what is left of the quotas, for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ..settings import PlaceSettings, Window
from .quota_store import QuotaGauge, QuotaKey, QuotaSource

_HOW = {
    QuotaSource.SETTING: "set, counted here",
    QuotaSource.LEARNED: "learned from a 429, counted here",
    QuotaSource.HEADER: "told by the provider",
}


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    """What is left of one quota of one place in the chain; `resets_at` is None when all is."""

    provider: str
    model: str
    quota: Window
    amount: int
    left: int
    resets_at: datetime | None
    source: QuotaSource

    def words(self, zone: tzinfo) -> str:
        """Return it in words, with the times of a person's zone."""
        back = ""
        if self.resets_at is not None:
            form = "%H:%M on %Y-%m-%d" if self.quota.daily else "%H:%M:%S"
            back = f", all back at {self.resets_at.astimezone(zone):{form}}"
        left = f"{self.left:,} of {self.amount:,} {self.quota.value} left"
        return f"{self.provider} {self.model}: {left}{back} ({_HOW[self.source]})"


def quotas_left(
    places: Sequence[PlaceSettings], gauges: Mapping[QuotaKey, QuotaGauge], now: datetime
) -> list[QuotaLeft]:
    """Return what is left of the quotas that are known, in the order of the chain.

    Of several keys for one place the one counts that was used last.

    Args:
        places: The places of the chain, with the limits that are set.
        gauges: What is counted, learned or told, by model and quota.
        now: The instant.
    """
    latest: dict[tuple[str, str, Window], QuotaGauge] = {}
    for gauge in sorted(gauges.values(), key=lambda gauge: gauge.counted_at):
        latest[gauge.provider, gauge.model, gauge.quota] = gauge
    found = []
    for place in places:
        limits = {limit.window: limit.amount for limit in place.limits}
        for window in Window:
            known = latest.get((place.name, place.model, window))
            if left := _left(place, window, limits.get(window), known, now):
                found.append(left)
    return found


def _left(
    place: PlaceSettings, window: Window, limit: int | None, gauge: QuotaGauge | None, now: datetime
) -> QuotaLeft | None:
    told = gauge is not None and gauge.source is QuotaSource.HEADER
    if limit is None and (gauge is None or not gauge.counts(now)):
        return None
    amount = gauge.amount if gauge and (told or limit is None) else limit or 0
    source = gauge.source if gauge and (told or limit is None) else QuotaSource.SETTING
    used = gauge.used_at(now) if gauge else 0.0
    return QuotaLeft(
        provider=place.name,
        model=place.model,
        quota=window,
        amount=amount,
        left=max(0, int(amount - used + 1e-6)),
        resets_at=gauge.resets_at if gauge and used else None,
        source=source,
    )
