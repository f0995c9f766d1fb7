"""Tell Prometheus of calls, in the default registry of prometheus_client.

Where a server shows that registry - the LangGraph server does on its `/metrics` - somebody
has imported prometheus_client. Where nobody has, nobody could see the metrics, and nothing
is imported or counted.
"""

import sys
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from ..call_record import CallRecord
from . import definitions as names

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

_COMMON = (names.OPERATION, names.PROVIDER_NAME, names.REQUEST_MODEL)


class Prometheus:
    """A sink of calls; see `Recorder`."""

    def __init__(self) -> None:
        if _shown():
            _metrics()  # counters must be there at zero before the first failure

    def __call__(self, calls: Sequence[CallRecord]) -> None:
        """Count calls."""
        if not _shown():
            return
        metrics = _metrics()
        for call in calls:
            metrics.count(call)


class _Metrics:
    """The metrics of this process; a registry takes each name once."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Histogram

        def histogram(name: str, unit: str, labels: Sequence[str], bounds: object) -> "Histogram":
            told = (_plain(name), names.HELP[name], [_plain(label) for label in labels])
            return Histogram(*told, unit=unit, buckets=bounds)  # type: ignore[arg-type]

        def counter(name: str, *labels: str, unit: str = "") -> "Counter":
            told = (_plain(name), names.HELP[name], [_plain(label) for label in labels])
            return Counter(*told, unit=unit)

        duration = (*_COMMON, names.ERROR_TYPE)
        self._duration = histogram(names.DURATION, "seconds", duration, names.SECONDS)
        usage = (*_COMMON, names.TOKEN_TYPE)
        self._usage = histogram(names.TOKEN_USAGE, "", usage, names.TOKENS)
        self._failovers = counter(names.FAILOVERS, names.FROM, names.TO, names.ERROR_TYPE)
        self._exhausted = counter(names.EXHAUSTED)
        self._cost = counter(names.COST, *_COMMON, unit="usd")

    def count(self, call: CallRecord) -> None:
        """Count one call."""
        common = tuple(names.common(call).values())
        if call.asked:
            error = names.error_of(call)
            self._duration.labels(*common, error).observe(call.total_ms / 1000)
        if call.tokens:
            self._usage.labels(*common, "input").observe(call.tokens.incoming)
            self._usage.labels(*common, "output").observe(call.tokens.outgoing)
        if call.following:
            self._failovers.labels(call.provider, call.following, names.error_of(call)).inc()
        if call.exhausted:
            self._exhausted.inc()
        if call.cost is not None:
            self._cost.labels(*common).inc(call.cost)


@cache
def _metrics() -> _Metrics:
    return _Metrics()


def _shown() -> bool:
    return "prometheus_client" in sys.modules


def _plain(name: str) -> str:
    """Return a name as Prometheus writes it."""
    return name.replace(".", "_")
