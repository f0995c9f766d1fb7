"""Tell OpenTelemetry of calls: a span each, `chat {model}`, and metrics.

Imported only where `OTEL_...` asks for it (`metrics.py`). What a host has set up is used
through the API; where there is nothing, the SDK is set up here from the environment, to send
OTLP over HTTP.
"""

import atexit
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from opentelemetry import context, metrics, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from ..call_record import CallRecord
from . import definitions as names

_SCOPE = "task-relay"
_PATIENCE = 3.0
"""Seconds that the end of the process waits for a collector."""


@dataclass(frozen=True, slots=True)
class Providers:
    """Who makes tracers and meters, and whether they are ours to shut down."""

    traces: Any
    metrics: Any
    ours: bool = False


class OpenTelemetry:
    """A sink of calls; see `Recorder`."""

    def __init__(self, providers: Providers) -> None:
        self._providers = providers
        self._tracer = providers.traces.get_tracer(_SCOPE)
        meter = providers.metrics.get_meter(_SCOPE)

        def histogram(name: str, unit: str, bounds: Sequence[float]) -> Any:
            more = {"explicit_bucket_boundaries_advisory": list(bounds)}
            return meter.create_histogram(name, unit, names.HELP[name], **more)

        self._duration = histogram(names.DURATION, "s", names.SECONDS)
        self._usage = histogram(names.TOKEN_USAGE, "{token}", names.TOKENS)
        counter = meter.create_counter
        self._failovers = counter(names.FAILOVERS, "{failover}", names.HELP[names.FAILOVERS])
        self._exhausted = counter(names.EXHAUSTED, "{question}", names.HELP[names.EXHAUSTED])
        self._cost = counter(names.COST, "USD", names.HELP[names.COST])
        if providers.ours:
            atexit.register(self.close)

    def here(self) -> object:
        """Return the trace that the running code belongs to."""
        return context.get_current()

    def __call__(self, calls: Sequence[CallRecord]) -> None:
        """Tell of calls."""
        for call in calls:
            if call.asked:
                self._span(call)
            self._measure(call)

    def close(self) -> None:
        """Send what was not sent yet, where the providers are ours.

        The exporters try for ten seconds each, whatever they are told; nobody waits for that.
        """
        if not self._providers.ours:
            return
        atexit.unregister(self.close)
        ends = (self._providers.traces.shutdown, self._providers.metrics.shutdown)
        ending = [threading.Thread(target=end, daemon=True) for end in ends]
        latest = time.monotonic() + _PATIENCE
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join(max(0.0, latest - time.monotonic()))

    def _span(self, call: CallRecord) -> None:
        begin = call.at
        span = self._tracer.start_span(
            f"chat {call.model}",
            context=call.trace,
            kind=SpanKind.CLIENT,
            attributes=_attributes(call),
            start_time=_nanoseconds(begin.timestamp()),
        )
        if error := names.error_of(call):
            span.set_status(Status(StatusCode.ERROR, error))
        end = begin + timedelta(milliseconds=call.total_ms)
        span.end(_nanoseconds(end.timestamp()))

    def _measure(self, call: CallRecord) -> None:
        common, error = names.common(call), names.error_of(call)
        if call.asked:
            more = {names.ERROR_TYPE: error} if error else {}
            self._duration.record(call.total_ms / 1000, common | more)
        if call.tokens:
            self._usage.record(call.tokens.incoming, common | {names.TOKEN_TYPE: "input"})
            self._usage.record(call.tokens.outgoing, common | {names.TOKEN_TYPE: "output"})
        if call.following:
            way = {names.FROM: call.provider, names.TO: call.following}
            self._failovers.add(1, way | {names.ERROR_TYPE: error})
        if call.exhausted:
            self._exhausted.add(1)
        if call.cost is not None:
            self._cost.add(call.cost, common)


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


def _attributes(call: CallRecord) -> dict[str, Any]:
    told: dict[str, Any] = names.common(call) | {names.PLACE: call.provider}
    told |= {names.POSITION: call.position, names.OUTCOME: call.outcome}
    if call.tokens:
        told[names.INPUT_TOKENS] = call.tokens.incoming
        told[names.OUTPUT_TOKENS] = call.tokens.outgoing
        told[names.CACHED_TOKENS] = call.tokens.cached
    if call.cost is not None:
        told[names.COST] = call.cost
    if error := names.error_of(call):
        told[names.ERROR_TYPE] = error
    return told


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1e9)
