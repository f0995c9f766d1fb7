"""Choose who hears of calls, besides the ledger: Prometheus, and OpenTelemetry if asked for."""

import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from ..recorder import Sink
from .definitions import DATABASE_FAILURES, FAILED_TURNS, Metric
from .prometheus import Prometheus

_log = logging.getLogger("task_relay")

_ASKS = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_TRACES_EXPORTER",
    "OTEL_METRICS_EXPORTER",
)
_PACKAGES = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


@dataclass(frozen=True, slots=True)
class Metrics:
    """Who hears of calls, who counts events, the trace of the running code, and how to end it."""

    sinks: tuple[Sink, ...]
    counts: tuple[Callable[[Metric], None], ...] = ()
    here: Callable[[], object] = lambda: None
    close: Callable[[], None] = lambda: None

    def database_failed(self) -> None:
        """Count a failure of a database's."""
        for count in self.counts:
            count(DATABASE_FAILURES)

    def turn_failed(self) -> None:
        """Count a turn that ended because a database failed."""
        for count in self.counts:
            count(FAILED_TURNS)


def open_metrics(environment: Mapping[str, str]) -> Metrics:
    """Return who hears of calls in this process; OpenTelemetry is imported if it is asked for."""
    prometheus = Prometheus()
    disabled = environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    asked, hosted = any(environment.get(name, "").strip() for name in _ASKS), _set_up_by_a_host()
    if disabled or not (asked or hosted):
        return Metrics((prometheus,), (prometheus.count,))
    if not hosted and not all(map(_installed, _PACKAGES)):
        _log.warning(
            "OTEL_... is set, but OpenTelemetry is not installed: run "
            'python -m pip install -e ".[otel]" -c constraints.txt'
        )
        return Metrics((prometheus,), (prometheus.count,))
    from . import otel

    told = otel.OpenTelemetry(otel.providers(environment))
    return Metrics((prometheus, told), (prometheus.count, told.count), told.here, told.close)


def _set_up_by_a_host() -> bool:
    """Say whether the program that we are a guest in traces; where it doesn't, import nothing."""
    trace = sys.modules.get("opentelemetry.trace")
    return trace is not None and not isinstance(
        trace.get_tracer_provider(), trace.ProxyTracerProvider
    )


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False
