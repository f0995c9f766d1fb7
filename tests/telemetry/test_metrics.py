import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY, generate_latest

from app.telemetry.metrics import otel
from app.telemetry.metrics.otel import Providers
from app.telemetry.metrics.prometheus import Prometheus
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.otlp import Collector
from tests.telemetry.entries import entry

Make = Callable[..., Relay]
GEMINI = {
    "gen_ai_operation_name": "chat",
    "gen_ai_provider_name": "gcp.gemini",
    "gen_ai_request_model": "gemini-3.5-flash-lite",
}
GROQ = GEMINI | {"gen_ai_provider_name": "groq", "gen_ai_request_model": "openai/gpt-oss-20b"}


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_prometheus_counts_calls_failovers_and_cost(relay: Relay, gemini: GeminiServer) -> None:
    duration = "gen_ai_client_operation_duration_seconds_count"
    watched: tuple[tuple[str, dict[str, str]], ...] = (
        (duration, GEMINI | {"error_type": "unavailable"}),
        (duration, GROQ | {"error_type": ""}),
        ("gen_ai_client_token_usage_sum", GROQ | {"gen_ai_token_type": "input"}),
        (
            "app_llm_failovers_total",
            {"from": "gemini", "to": "groq", "error_type": "unavailable"},
        ),
        ("app_llm_exhausted_total", {}),
    )
    before = [sample(name, **labels) for name, labels in watched]
    cost = sample("app_llm_cost_usd_total", **GROQ)
    gemini.plays(gemini_api.OVERLOADED)
    relay.say("Hello", user="mallory", thread="secret-thread")
    relay.end()
    after = [sample(name, **labels) for name, labels in watched]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 100, 1, 0]
    assert sample("app_llm_cost_usd_total", **GROQ) > cost
    shown = generate_latest().decode()
    assert "mallory" not in shown
    assert "secret-thread" not in shown


def test_question_that_no_model_answered_is_counted(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    before = sample("app_llm_exhausted_total")
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    relay.say("Hello")
    relay.end()
    assert sample("app_llm_exhausted_total") == before + 1


def test_skipped_call_has_no_duration_and_unknown_cost_counts_nothing() -> None:
    labels = GEMINI | {"gen_ai_request_model": "new-model", "error_type": "rate_limit"}
    Prometheus()([entry(model="new-model", outcome="skipped", kind="rate_limit", cost=None)])
    assert sample("gen_ai_client_operation_duration_seconds_count", **labels) == 0
    assert 'app_llm_cost_usd_total{gen_ai_request_model="new-model"' not in str(generate_latest())


@pytest.fixture
def told(
    relay: Relay, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Any], dict[str, Any]]:
    """Tell a turn that fails over to a host's OpenTelemetry: the spans, the metrics by name."""
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers, meters = TracerProvider(), MeterProvider([reader])
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setattr(otel, "providers", lambda environment: Providers(tracers, meters))
    gemini.plays(gemini_api.OVERLOADED)
    with tracers.get_tracer("host").start_as_current_span("a host's own span"):
        relay.say("Hello")
    relay.end()
    data = reader.get_metrics_data()
    found = {
        metric.name: list(metric.data.data_points)
        for resource in data.resource_metrics  # type: ignore[union-attr]
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    tracers.shutdown()
    meters.shutdown()
    return list(spans.get_finished_spans()), found


def test_each_attempt_is_a_span_in_the_hosts_trace(told: Any) -> None:
    named = {span.name: span for span in told[0]}
    host = named.pop("a host's own span")
    assert list(named) == ["chat gemini-3.5-flash-lite", "chat openai/gpt-oss-20b"]
    failed, answered = named.values()
    assert failed.kind is trace.SpanKind.CLIENT
    assert failed.status.status_code is trace.StatusCode.ERROR
    assert failed.attributes["error.type"] == "unavailable"
    assert answered.attributes["gen_ai.provider.name"] == "groq"
    assert answered.attributes["gen_ai.usage.input_tokens"] == 100
    assert "error.type" not in answered.attributes
    for span in named.values():
        assert span.parent.span_id == host.context.span_id
        assert span.end_time >= span.start_time
        assert "ann" not in str(span.attributes)


def test_metrics_have_the_conventions_names(told: Any) -> None:
    found = told[1]
    assert set(found) == {
        "gen_ai.client.operation.duration",
        "gen_ai.client.token.usage",
        "app.llm.failovers",
        "app.llm.cost",
    }
    (failover,) = found["app.llm.failovers"]
    way = {"from": "gemini", "to": "groq", "error.type": "unavailable"}
    assert (failover.value, dict(failover.attributes)) == (1, way)
    usage = found["gen_ai.client.token.usage"]
    assert {point.attributes["gen_ai.token.type"] for point in usage} == {"input", "output"}


def test_environment_alone_sends_traces_and_metrics(
    make_relay: Make, gemini: GeminiServer, groq: GroqServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    relay = make_relay(**provider_settings(gemini, groq))
    relay.say("Hello")
    relay.end()
    collector.stop()
    assert b"chat gemini-3.5-flash-lite" in collector.bodies["/v1/traces"]
    assert b"gen_ai.client.operation.duration" in collector.bodies["/v1/metrics"]


def test_host_that_traces_needs_no_environment_nor_the_extra(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans, tracers = InMemorySpanExporter(), TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: tracers)
    monkeypatch.setattr("app.telemetry.metrics.sinks._PACKAGES", ("no_such_package.at.all",))
    relay.say("Hello")
    relay.end()
    tracers.shutdown()
    assert [span.name for span in spans.get_finished_spans()] == ["chat gemini-3.5-flash-lite"]


def test_collector_that_is_gone_holds_the_end_up_for_a_moment_only(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(otel, "_PATIENCE", 0.2)
    relay.say("Hello")
    before = time.monotonic()
    relay.end()
    assert time.monotonic() - before < 2


@pytest.mark.parametrize(
    "environment", [{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_SDK_DISABLED": "true"}]
)
def test_nothing_is_imported_where_nobody_asks_or_looks(
    relay: Relay, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "app.telemetry.metrics.otel", None)
    monkeypatch.delitem(sys.modules, "prometheus_client")
    assert relay.say("Hello").ok
    relay.end()
    assert "prometheus_client" not in sys.modules
    assert "bug" not in relay.log.read_text()


def test_asking_without_the_extra_is_told_and_costs_no_turn(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setattr("app.telemetry.metrics.sinks._PACKAGES", ("no_such_package.at.all",))
    assert relay.say("Hello").ok
    relay.end()
    assert 'python -m pip install -e ".[otel]"' in relay.log.read_text()
