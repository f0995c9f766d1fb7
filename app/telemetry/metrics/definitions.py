"""Define each metric once, for Prometheus and for OpenTelemetry.

The names are those of OpenTelemetry's GenAI conventions, which are still in development, so
they stand here as plain text. For what they have no name yet - failover, exhaustion, cost - the
names begin with `app.llm`. No user, thread or turn is ever a label: each would make a series.

A new metric is one more `Metric` in `METRICS`, or in `EVENTS` where it is none of calls; both sinks
and the tests take it from there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from ...settings import provider_of
from ..attempt import Attempt
from ..ledger import LedgerEntry

OPERATION = "gen_ai.operation.name"
PROVIDER_NAME = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
TOKEN_TYPE = "gen_ai.token.type"
ERROR_TYPE = "error.type"
FROM, TO = "from", "to"
COMMON = (OPERATION, PROVIDER_NAME, REQUEST_MODEL)
"""Labels that each measurement of a call carries; `common_labels` gives their values."""

SECONDS = (0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
"""Bounds of the buckets, the conventions' own, without those below what a model takes."""

Labels = Mapping[str, str]
Measurement = tuple[float, Labels]
"""A value and its labels by their OpenTelemetry names; an empty label says nothing."""


class MetricKind(Enum):
    """What a metric's values come to: a sum that only grows, or a distribution."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric, for every sink.

    Attributes:
        name: Its OpenTelemetry name.
        unit: Its OpenTelemetry unit, in UCUM's notation.
        prometheus_name: Its Prometheus name, with the unit but without the `_total` that a
            counter is shown with.
        prometheus_unit: The unit at the end of that name; empty where there is none.
        kind: A counter or a histogram.
        help: What it tells, in one sentence.
        labels: The OpenTelemetry names of its labels; Prometheus has `_` in place of dots.
        buckets: The upper bounds of a histogram's buckets; empty for a counter.
        read: Returns the measurements that one attempt gives.

    Raises:
        ValueError: A part is empty that the kind needs, or given where it has no use.
    """

    name: str
    unit: str
    prometheus_name: str
    prometheus_unit: str
    kind: MetricKind
    help: str
    labels: tuple[str, ...]
    buckets: tuple[float, ...]
    read: Callable[[LedgerEntry], Iterable[Measurement]]

    def __post_init__(self) -> None:
        for part in ("name", "unit", "prometheus_name", "help"):
            if not getattr(self, part):
                raise ValueError(f"The metric {self.name or '?'} has no {part}.")
        if bool(self.buckets) != (self.kind is MetricKind.HISTOGRAM):
            raise ValueError(f"{self.name}: a histogram has buckets, and a counter has none.")
        if not self.prometheus_name.endswith(self.prometheus_unit):
            raise ValueError(f"{self.prometheus_name} doesn't end with {self.prometheus_unit}.")

    @property
    def prometheus_labels(self) -> tuple[str, ...]:
        """Return the labels as Prometheus writes them."""
        return tuple(label.replace(".", "_") for label in self.labels)

    @property
    def shown_name(self) -> str:
        """Return the name that a query uses; a histogram has `_count`, `_sum` and `_bucket`."""
        total = "_total" if self.kind is MetricKind.COUNTER else ""
        return self.prometheus_name + total


def common_labels(attempt: Attempt) -> dict[str, str]:
    """Return what each measurement of an attempt carries."""
    provider = provider_of(attempt.place)
    return {
        OPERATION: "chat",
        PROVIDER_NAME: provider.otel_name if provider else attempt.place,
        REQUEST_MODEL: attempt.model,
    }


def error_of(attempt: Attempt) -> str:
    """Return why an attempt gave no answer; empty for an answer."""
    if attempt.outcome.answered:
        return ""
    return attempt.kind or attempt.outcome


def _durations(entry: LedgerEntry) -> Iterable[Measurement]:
    attempt = entry.attempt
    if attempt.outcome.asked:
        labels = common_labels(attempt) | {ERROR_TYPE: error_of(attempt)}
        yield attempt.duration_ms / 1000, labels


def _tokens(entry: LedgerEntry) -> Iterable[Measurement]:
    if tokens := entry.attempt.tokens:
        yield tokens.incoming, common_labels(entry.attempt) | {TOKEN_TYPE: "input"}
        yield tokens.outgoing, common_labels(entry.attempt) | {TOKEN_TYPE: "output"}


def _failovers(entry: LedgerEntry) -> Iterable[Measurement]:
    attempt = entry.attempt
    if attempt.following:
        way = {FROM: attempt.place, TO: attempt.following}
        yield 1, way | {ERROR_TYPE: error_of(attempt)}


def _exhaustions(entry: LedgerEntry) -> Iterable[Measurement]:
    if entry.exhausted:
        yield 1, {}


def _costs(entry: LedgerEntry) -> Iterable[Measurement]:
    if entry.cost is not None:
        yield entry.cost, common_labels(entry.attempt)


def _nothing(entry: LedgerEntry) -> Iterable[Measurement]:
    """Give nothing: what is counted is no call of a model."""
    return ()


DURATION = Metric(
    name="gen_ai.client.operation.duration",
    unit="s",
    prometheus_name="gen_ai_client_operation_duration_seconds",
    prometheus_unit="seconds",
    kind=MetricKind.HISTOGRAM,
    help="How long a call to a model took.",
    labels=(*COMMON, ERROR_TYPE),
    buckets=SECONDS,
    read=_durations,
)
TOKEN_USAGE = Metric(
    name="gen_ai.client.token.usage",
    unit="{token}",
    prometheus_name="gen_ai_client_token_usage",
    prometheus_unit="",
    kind=MetricKind.HISTOGRAM,
    help="Tokens of a call, in and out.",
    labels=(*COMMON, TOKEN_TYPE),
    buckets=TOKENS,
    read=_tokens,
)
FAILOVERS = Metric(
    name="app.llm.failovers",
    unit="{failover}",
    prometheus_name="app_llm_failovers",
    prometheus_unit="",
    kind=MetricKind.COUNTER,
    help="How often another model was asked after one that failed or was skipped.",
    labels=(FROM, TO, ERROR_TYPE),
    buckets=(),
    read=_failovers,
)
EXHAUSTED = Metric(
    name="app.llm.exhausted",
    unit="{question}",
    prometheus_name="app_llm_exhausted",
    prometheus_unit="",
    kind=MetricKind.COUNTER,
    help="How often no language model was left to ask.",
    labels=(),
    buckets=(),
    read=_exhaustions,
)
COST = Metric(
    name="app.llm.cost",
    unit="USD",
    prometheus_name="app_llm_cost_usd",
    prometheus_unit="usd",
    kind=MetricKind.COUNTER,
    help="What calls cost in US dollars, as far as their prices are known.",
    labels=COMMON,
    buckets=(),
    read=_costs,
)

DATABASE_FAILURES = Metric(
    name="app.database.failures",
    unit="{failure}",
    prometheus_name="app_database_failures",
    prometheus_unit="",
    kind=MetricKind.COUNTER,
    help="How often work on a database failed.",
    labels=(),
    buckets=(),
    read=_nothing,
)
FAILED_TURNS = Metric(
    name="app.database.failed_turns",
    unit="{turn}",
    prometheus_name="app_database_failed_turns",
    prometheus_unit="",
    kind=MetricKind.COUNTER,
    help="How many turns ended without an answer because a database failed.",
    labels=(),
    buckets=(),
    read=_nothing,
)

METRICS = (DURATION, TOKEN_USAGE, FAILOVERS, EXHAUSTED, COST)
"""What the calls of models are measured by."""

EVENTS = (DATABASE_FAILURES, FAILED_TURNS)
"""What is counted as it happens. None has a label, so that each is there at zero from the start:
an alert sees the first one only where there was a zero before."""
