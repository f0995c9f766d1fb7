"""A metric is one definition: whoever adds one changes nothing else."""

from dataclasses import fields, replace
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import REGISTRY, generate_latest

from app.telemetry import Tokens
from app.telemetry.metrics.definitions import (
    COMMON,
    EVENTS,
    METRICS,
    Metric,
    MetricKind,
    common_labels,
)
from app.telemetry.metrics.otel import OpenTelemetry, Providers
from app.telemetry.metrics.prometheus import Prometheus
from tests.conftest import ROOT
from tests.telemetry.entries import entry

THINKING: dict[str, Any] = {
    "name": "app.llm.thinking",
    "unit": "{token}",
    "prometheus_name": "app_llm_thinking_tokens",
    "prometheus_unit": "tokens",
    "kind": MetricKind.COUNTER,
    "help": "Tokens that a model thought with.",
    "labels": COMMON,
    "buckets": (),
    "read": lambda told: [(told.attempt.tokens.reasoning, common_labels(told.attempt))],
}
EVERY_PART = [
    entry(tokens=Tokens(1, 1), cost=0.1),
    entry(outcome="failed", kind="timeout", following="groq", exhausted=True),
]


def told_to_opentelemetry(metrics: tuple[Metric, ...], entries: list[Any]) -> dict[str, Any]:
    """Return what OpenTelemetry's reader has of each metric, by its name."""
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader])
    OpenTelemetry(Providers(TracerProvider(), meters), metrics)(entries)
    data = reader.get_metrics_data()
    meters.shutdown()
    return {
        metric.name: metric
        for resource in data.resource_metrics  # type: ignore[union-attr]
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def test_invented_metric_shows_up_in_both_sinks() -> None:
    thinking = Metric(**THINKING)
    entries = [entry(tokens=Tokens(9, 9, reasoning=4)), entry(tokens=Tokens(9, 9, reasoning=3))]
    Prometheus((thinking,))(entries)
    labels = {
        "gen_ai_operation_name": "chat",
        "gen_ai_provider_name": "gcp.gemini",
        "gen_ai_request_model": "gemini-3.5-flash-lite",
    }
    assert REGISTRY.get_sample_value("app_llm_thinking_tokens_total", labels) == 7
    assert "# HELP app_llm_thinking_tokens_total Tokens that a model" in generate_latest().decode()
    found = told_to_opentelemetry((thinking,), entries)["app.llm.thinking"]
    (point,) = found.data.data_points
    assert (point.value, found.unit, found.description) == (7, "{token}", thinking.help)
    assert dict(point.attributes) == common_labels(entries[0].attempt)


@pytest.mark.parametrize("part", [field.name for field in fields(Metric)])
def test_definition_without_a_part_fails(part: str) -> None:
    with pytest.raises(TypeError, match=part):
        Metric(**{name: value for name, value in THINKING.items() if name != part})


@pytest.mark.parametrize(
    "wrong",
    [
        {"help": ""},
        {"unit": ""},
        {"kind": MetricKind.HISTOGRAM},
        {"buckets": (1, 2)},
        {"prometheus_unit": "seconds"},
    ],
)
def test_definition_that_contradicts_itself_fails(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="thinking"):
        Metric(**THINKING | wrong)


@pytest.mark.parametrize("metric", METRICS, ids=[metric.name for metric in METRICS])
def test_each_metric_reads_exactly_its_labels_off_a_call(metric: Metric) -> None:
    measured = [labels for each in EVERY_PART for _, labels in metric.read(each)]
    assert measured
    assert {frozenset(labels) for labels in measured} == {frozenset(metric.labels)}


def test_both_sinks_tell_the_same() -> None:
    entries = [
        replace(each, attempt=replace(each.attempt, model="told-to-both")) for each in EVERY_PART
    ]
    before = shown()
    Prometheus()(entries)
    counted = {name: value - before.get(name, 0) for name, value in shown().items()}
    for name, metric in told_to_opentelemetry(METRICS, entries).items():
        (definition,) = (one for one in METRICS if one.name == name)
        points = metric.data.data_points
        if definition.kind is MetricKind.HISTOGRAM:
            total = counted[f"{definition.shown_name}_sum"]
            assert points[0].explicit_bounds == definition.buckets
            assert total == pytest.approx(sum(point.sum for point in points))
        else:
            total = counted[definition.shown_name]
            assert total == pytest.approx(sum(point.value for point in points))


def shown() -> dict[str, float]:
    """Return the sum of each series' samples in Prometheus' registry."""
    sums: dict[str, float] = {}
    for family in REGISTRY.collect():
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
    return sums


def test_counters_without_labels_are_there_at_zero_before_the_first_failure() -> None:
    crashes = replace(
        Metric(**THINKING), name="app.crashes", prometheus_name="app_crashes_tokens", labels=()
    )
    Prometheus((crashes,))
    assert REGISTRY.get_sample_value("app_crashes_tokens_total") == 0


@pytest.mark.parametrize("event", EVENTS, ids=[event.name for event in EVENTS])
def test_event_is_there_at_zero_and_counted_in_both_sinks(event: Metric) -> None:
    prometheus, reader = Prometheus(), InMemoryMetricReader()
    before = REGISTRY.get_sample_value(event.shown_name)
    assert before is not None
    meters = MeterProvider([reader])
    for count in (prometheus.count, OpenTelemetry(Providers(TracerProvider(), meters)).count):
        count(event)
    assert REGISTRY.get_sample_value(event.shown_name) == before + 1
    data = str(reader.get_metrics_data())
    meters.shutdown()
    assert event.name in data
    assert event.help in data


EVERY = (*METRICS, *EVENTS)


@pytest.mark.parametrize("metric", EVERY, ids=[metric.name for metric in EVERY])
def test_operations_page_names_each_metric(metric: Metric) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    labels = ", ".join(f"`{label}`" for label in metric.prometheus_labels)
    row = f"| `{metric.shown_name}` | `{metric.name}` | {metric.kind.value} | {labels} |"
    assert row in page
