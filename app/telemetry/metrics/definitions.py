"""Name spans, metrics and attributes as OpenTelemetry's GenAI conventions do.

The conventions are still in development, so the names stand here as plain text. For what
they have no name yet - failover, exhaustion, cost - the names begin with `app.llm`. No user,
thread or turn is ever an attribute: they would make a series each.
"""

from ...settings import provider_of
from ..call_record import CallRecord

OPERATION = "gen_ai.operation.name"
PROVIDER_NAME = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
TOKEN_TYPE = "gen_ai.token.type"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"
ERROR_TYPE = "error.type"
PLACE = "app.llm.place"
POSITION = "app.llm.position"
OUTCOME = "app.llm.outcome"
FROM, TO = "from", "to"

DURATION = "gen_ai.client.operation.duration"
TOKEN_USAGE = "gen_ai.client.token.usage"
FAILOVERS = "app.llm.failovers"
EXHAUSTED = "app.llm.exhausted"
COST = "app.llm.cost"

HELP = {
    DURATION: "How long a call to a model took.",
    TOKEN_USAGE: "Tokens of a call, in and out.",
    FAILOVERS: "How often another model was asked after one that failed or was skipped.",
    EXHAUSTED: "How often no language model was left to ask.",
    COST: "What calls cost in US dollars, as far as their prices are known.",
}

SECONDS = (0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576)
"""Bounds of the buckets, the conventions' own, without those below what a model takes."""

_PROVIDERS = {"gemini": "gcp.gemini"}


def common(call: CallRecord) -> dict[str, str]:
    """Return what each measurement of a call carries."""
    provider = provider_of(call.provider) or call.provider
    return {
        OPERATION: "chat",
        PROVIDER_NAME: _PROVIDERS.get(provider, provider),
        REQUEST_MODEL: call.model,
    }


def error_of(call: CallRecord) -> str:
    """Return why a call gave no answer; empty for an answer."""
    if call.answered:
        return ""
    return call.kind or call.outcome
