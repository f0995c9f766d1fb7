"""Count calls for Prometheus, in the default registry of prometheus_client.

Where a server shows that registry - the LangGraph server does on its `/metrics` - somebody
has imported prometheus_client. Where nobody has, nobody could see the metrics, and nothing
is imported or counted.
"""

import sys
from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from ..ledger import LedgerEntry
from .definitions import EVENTS, METRICS, Labels, Metric, MetricKind


class Prometheus:
    """A sink of calls; see `Recorder`.

    Args:
        metrics: What is counted.
    """

    def __init__(self, metrics: Sequence[Metric] = METRICS) -> None:
        self._metrics = metrics
        if _shown():
            for metric in (
                *metrics,
                *EVENTS,
            ):  # counters must be there at zero before the first failure
                _instrument(metric)

    def __call__(self, entries: Sequence[LedgerEntry]) -> None:
        """Count attempts."""
        if not _shown():
            return
        for metric in self._metrics:
            instrument = _instrument(metric)
            for entry in entries:
                for value, labels in metric.read(entry):
                    instrument.add(value, labels)

    def count(self, event: Metric) -> None:
        """Count something that happened."""
        if _shown():
            _instrument(event).add(1, {})


class _Instrument:
    """A metric of this process."""

    def __init__(self, metric: Metric) -> None:
        from prometheus_client import Counter, Histogram

        self._labels = metric.labels
        named = (metric.prometheus_name, metric.help, metric.prometheus_labels)
        unit = metric.prometheus_unit
        if metric.kind is MetricKind.HISTOGRAM:
            self._series: Any = Histogram(*named, unit=unit, buckets=metric.buckets)
            self._adding = attrgetter("observe")
        else:
            self._series = Counter(*named, unit=unit)
            self._adding = attrgetter("inc")

    def add(self, value: float, labels: Labels) -> None:
        """Count one measurement; a label that says nothing is empty."""
        series = self._series
        if self._labels:
            series = series.labels(*(labels.get(label, "") for label in self._labels))
        self._adding(series)(value)


@cache
def _instrument(metric: Metric) -> _Instrument:
    """Return the process's instrument of a metric; a registry takes each name once."""
    return _Instrument(metric)


def _shown() -> bool:
    return "prometheus_client" in sys.modules
