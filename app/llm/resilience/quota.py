"""Decide whether a request still fits into a model's quotas, before it earns a 429.

What is known: limits that a person has set, limits that a 429 named (believed for two days,
then it takes a 429 to learn them again, so that a bigger contract shows by itself), and what
Groq tells with each answer. Without any of them nothing is held back.

Nobody is left without an answer by an estimate: the last model of the chain is always asked,
and when all others have failed, one that was held back is asked after all (`recovery_wait.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from langchain_core.messages import BaseMessage

from ...clock import Clock
from ...settings import FailureKind, Limit, Window
from ...telemetry import QuotaGauge, QuotaSource, Tokens
from ..failures import A_DAY, Verdict
from ..messages import estimate_tokens
from ..providers import Place
from .quota_counters import QuotaCounters


class Quota:
    """The quotas of one model.

    Args:
        place: The model's place in the chain.
        counters: Where it is kept how much is used.
        clock: Where the time comes from.
    """

    def __init__(self, place: Place, counters: QuotaCounters, clock: Clock) -> None:
        self._place = place
        self._key = place.breakers.model
        self._counters = counters
        self._clock = clock
        self._set = {limit.window: limit for limit in place.settings.limits}
        zone = place.provider.quota_zone  # read here: on an event loop its file would block
        self._zone = ZoneInfo(zone) if zone else None
        counts_output = place.provider.quota_counts_output
        self._output = place.shared.max_output_tokens if counts_output else 0

    async def ready(self) -> None:
        """Know what other processes have used."""
        await self._counters.refresh()

    def verdict(self, conversation: Sequence[BaseMessage], tool_tokens: int) -> Verdict | None:
        """Return why a request doesn't fit now, with the wait; None where it fits.

        Args:
            conversation: What is to be sent.
            tool_tokens: About how many tokens the declarations of the tools add.
        """
        now, worst = self._clock.now(), None
        gauges = self._gauges(now)
        size = self._size(conversation, tool_tokens, gauges)
        for gauge in gauges:
            wait = gauge.wait(size if gauge.quota.of_tokens else 1, now)
            wait = None if wait is None else min(wait, A_DAY)
            if wait is not None and (worst is None or wait > worst[0]):
                worst = (wait, gauge)
        if worst is None:
            return None
        wait, gauge = worst
        kind = FailureKind.QUOTA_DAILY if gauge.quota.daily else FailureKind.RATE_LIMIT
        detail = f"{gauge.left_at(now)} of {gauge.amount} {gauge.quota} left for {wait:.0f} s"
        return Verdict(kind, detail=f"{detail}, not asked", retry_after=wait, estimate=True)

    def sent(self, conversation: Sequence[BaseMessage], tool_tokens: int) -> int:
        """Count a request that is being sent; return its tokens, as they were estimated.

        Args:
            conversation: What is sent.
            tool_tokens: About how many tokens the declarations of the tools add.
        """
        gauges = self._gauges(self._clock.now())
        size = self._size(conversation, tool_tokens, gauges)
        for gauge in gauges:
            self._count(gauge.quota, size if gauge.quota.of_tokens else 1)
        return size

    def ended(self, estimate: int, tokens: Tokens | None) -> None:
        """Put the provider's own count of tokens in the place of the estimate.

        Args:
            estimate: What `sent` returned.
            tokens: What the provider counted; None where it counted nothing.
        """
        real = tokens.incoming if tokens else 0
        if tokens and self._place.provider.quota_counts_output:
            real += tokens.outgoing
        for gauge in self._gauges(self._clock.now()):
            if gauge.quota.of_tokens and not gauge.rolling:
                self._count(gauge.quota, real - estimate)

    def learn(self, verdict: Verdict) -> None:
        """Remember the limits that a 429 named; what it names is used up."""
        now = self._clock.now()
        for limit in verdict.limits:
            resets_at = self._end(limit.window, now)
            if not limit.window.daily and verdict.retry_after:
                resets_at = min(resets_at, now + timedelta(seconds=verdict.retry_after))
            known = self._set.get(limit.window, limit)
            self._know(known, QuotaSource.LEARNED, known.amount, now, resets_at)

    def read_headers(self, headers: Mapping[str, str]) -> None:
        """Remember what the headers of an answer tell."""
        read = self._place.adapter.read_quotas
        now = self._clock.now()
        for remaining in read(headers) if read else ():
            used = max(0, remaining.limit.amount - remaining.left)
            resets_at = now + timedelta(seconds=remaining.seconds)
            self._know(remaining.limit, QuotaSource.HEADER, used, now, resets_at)

    def _gauges(self, now: datetime) -> list[QuotaGauge]:
        """Return the quotas that are known; a setting wins over what was learned."""
        gauges = []
        for window in Window:
            gauge, limit = self._counters.gauge((self._key, window)), self._set.get(window)
            if gauge is not None and limit is None and not gauge.counts(now):
                gauge = None
            if limit is not None and (gauge is None or gauge.source is not QuotaSource.HEADER):
                used, resets_at = (gauge.used, gauge.resets_at) if gauge else (0, now)
                gauge = self._gauge(limit, QuotaSource.SETTING, used, now, resets_at)
            if gauge is not None:
                gauges.append(gauge)
        return gauges

    def _count(self, window: Window, need: float) -> None:
        now = self._clock.now()
        ends, limit = self._end(window, now), self._set.get(window)

        def counted(before: QuotaGauge | None) -> QuotaGauge | None:
            if before is None and limit is None:
                return None  # another process has forgotten it
            gauge = before or self._gauge(limit, QuotaSource.SETTING, 0, now, now)  # type: ignore[arg-type]
            return gauge.plus(need, now, ends)

        self._counters.change((self._key, window), counted)

    def _know(
        self, limit: Limit, source: QuotaSource, used: float, now: datetime, resets_at: datetime
    ) -> None:
        gauge = self._gauge(limit, source, used, now, resets_at)
        self._counters.change((self._key, limit.window), lambda before: gauge)

    def _gauge(
        self, limit: Limit, source: QuotaSource, used: float, now: datetime, resets_at: datetime
    ) -> QuotaGauge:
        place = self._place.settings
        return QuotaGauge(
            provider=place.name,
            model=place.model,
            quota=limit.window,
            amount=limit.amount,
            source=source,
            known_at=now,
            used=used,
            counted_at=now,
            resets_at=resets_at,
        )

    def _size(
        self, conversation: Sequence[BaseMessage], tool_tokens: int, gauges: Sequence[QuotaGauge]
    ) -> int:
        """Return about how many tokens a request counts for; 0 where none are counted."""
        counted = any(gauge.quota.of_tokens for gauge in gauges)
        if not counted:
            return 0
        return self._output + tool_tokens + estimate_tokens(conversation)

    def _end(self, window: Window, now: datetime) -> datetime:
        """Return when a window ends that begins now: a day of Gemini at midnight Pacific."""
        return window.end(now, self._zone)
