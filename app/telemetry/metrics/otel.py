"""Tell OpenTelemetry of calls: a span each, `chat {model}`, and metrics.

Imported only where `OTEL_...` asks for it (`metrics.py`). What a host has set up is used
through the API; where there is nothing, the SDK is set up here from the environment, to send
OTLP over HTTP.
"""

import atexit
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from opentelemetry import context, metrics, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from ..ending import PATIENCE_S as _PATIENCE
from ..ending import Ending
from ..ledger import LedgerEntry
from .definitions import (
    COST,
    ERROR_TYPE,
    EVENTS,
    METRICS,
    Labels,
    Metric,
    MetricKind,
    common_labels,
    error_of,
)

INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"
PLACE = "app.llm.place"
POSITION = "app.llm.position"
OUTCOME = "app.llm.outcome"
"""Attributes of a span, besides the labels of the metrics."""

_SCOPE = "task-relay"


@dataclass(frozen=True, slots=True)
class Providers:
    """Who makes tracers and meters, and whether they are ours to shut down."""

    traces: Any
    metrics: Any
    ours: bool = False


class OpenTelemetry:
    """A sink of calls; see `Recorder`.

    Args:
        providers: Who makes the tracer and the meter.
        definitions: What is measured.
    """

    def __init__(self, providers: Providers, definitions: Sequence[Metric] = METRICS) -> None:
        self._providers = providers
        self._tracer = providers.traces.get_tracer(_SCOPE)
        meter = providers.metrics.get_meter(_SCOPE)
        self._metrics = [(metric, _instrument(meter, metric)) for metric in definitions]
        self._events = {event.name: _instrument(meter, event) for event in EVENTS}
        if providers.ours:
            atexit.register(self.close)

    def here(self) -> object:
        """Return the trace that the running code belongs to."""
        return context.get_current()

    def __call__(self, entries: Sequence[LedgerEntry]) -> None:
        """Send a span of each attempt at which a model was asked, and measure all."""
        for entry in entries:
            if entry.attempt.outcome.asked:
                self._span(entry)
        for metric, add in self._metrics:
            for entry in entries:
                for value, labels in metric.read(entry):
                    add(value, {name: label for name, label in labels.items() if label})

    def count(self, event: Metric) -> None:
        """Count something that happened."""
        self._events[event.name](1, {})

    def close(self) -> None:
        """Send what was not sent yet, where the providers are ours.

        The exporters try for ten seconds each, whatever they are told; nobody waits for that.
        """
        if not self._providers.ours:
            return
        atexit.unregister(self.close)
        ends = (self._providers.traces.shutdown, self._providers.metrics.shutdown)
        ending = Ending(_PATIENCE)
        for end in ends:
            ending.begin(end)
        ending.wait()

    def _span(self, entry: LedgerEntry) -> None:
        attempt = entry.attempt
        span = self._tracer.start_span(
            f"chat {attempt.model}",
            context=entry.trace,
            kind=SpanKind.CLIENT,
            attributes=_attributes(entry),
            start_time=_nanoseconds(attempt.at.timestamp()),
        )
        if error := error_of(attempt):
            span.set_status(Status(StatusCode.ERROR, error))
        end = attempt.at + timedelta(milliseconds=attempt.duration_ms)
        span.end(_nanoseconds(end.timestamp()))


def providers(environment: Mapping[str, str] = os.environ) -> Providers:
    """Return the host's providers where it has set some up, else new ones."""
    host = trace.get_tracer_provider()
    if not isinstance(host, trace.ProxyTracerProvider):
        return Providers(host, metrics.get_meter_provider())
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": environment.get("OTEL_SERVICE_NAME", _SCOPE)})
    traces, readers = TracerProvider(resource=resource, shutdown_on_exit=False), []
    if environment.get("OTEL_TRACES_EXPORTER", "otlp") == "otlp":
        traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    if environment.get("OTEL_METRICS_EXPORTER", "otlp") == "otlp":
        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
    measures = MeterProvider(readers, resource, shutdown_on_exit=False)
    return Providers(traces, measures, ours=True)


def _instrument(meter: Any, metric: Metric) -> Callable[[float, Labels], None]:
    """Return what takes the measurements of a metric."""
    add: Callable[[float, Labels], None]
    if metric.kind is MetricKind.HISTOGRAM:
        bounds = list(metric.buckets)
        add = meter.create_histogram(
            metric.name, metric.unit, metric.help, explicit_bucket_boundaries_advisory=bounds
        ).record
    else:
        add = meter.create_counter(metric.name, metric.unit, metric.help).add
    return add


def _attributes(entry: LedgerEntry) -> dict[str, Any]:
    attempt = entry.attempt
    attributes: dict[str, Any] = common_labels(attempt) | {PLACE: attempt.place}
    attributes |= {POSITION: attempt.position, OUTCOME: str(attempt.outcome)}
    if attempt.tokens:
        attributes[INPUT_TOKENS] = attempt.tokens.incoming
        attributes[OUTPUT_TOKENS] = attempt.tokens.outgoing
        attributes[CACHED_TOKENS] = attempt.tokens.cached
    if entry.cost is not None:
        attributes[COST.name] = entry.cost
    if error := error_of(attempt):
        attributes[ERROR_TYPE] = error
    return attributes


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)
