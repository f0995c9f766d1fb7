"""Whatever an error's body and headers hold, there is a verdict."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.failures import A_DAY, classify
from app.settings import FailureKind
from tests.llm.failures.sdk_errors import SdkError, google_error, http_error

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
KEYS = st.sampled_from(
    [
        *("error", "message", "code", "status", "type", "details", "@type", "reason", "metadata"),
        *("violations", "quotaId", "quotaValue", "retryDelay", "failed_generation", "retry_after"),
    ]
)
WORDS = st.sampled_from(
    [
        *(
            "type.googleapis.com/google.rpc.QuotaFailure",
            "type.googleapis.com/google.rpc.RetryInfo",
        ),
        *("type.googleapis.com/google.rpc.ErrorInfo", "RESOURCE_EXHAUSTED", "PerDay", "limit: 0"),
        *("Limit 9, Requested 99", "Limit " + "9" * 5000 + ", Requested 1", "<html>", "{", "[[["),
    ]
)
LEAF = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), WORDS),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


def deep(levels: int) -> Any:
    body: Any = {"message": "x"}
    for _ in range(levels):
        body = {"error": body}
    return body


@settings(max_examples=200, deadline=None)
@given(body=JSON, status=st.integers(0, 999), header=st.text(max_size=10))
def test_any_body_has_a_verdict(body: Any, status: int, header: str) -> None:
    errors = [
        http_error(status, body, retry_after=header),
        google_error(status, body),
        SdkError(body=body),
    ]
    for error in errors:
        verdict = classify(error, now=NOW)
        assert verdict.kind in FailureKind
        assert isinstance(verdict.detail, str)
        assert verdict.retry_after is None or 0 <= verdict.retry_after <= A_DAY
        assert verdict.status is None or verdict.status < 1000


@pytest.mark.parametrize("body", [deep(900), "[" * 100_000], ids=["object", "text"])
def test_body_that_is_nested_too_deep_says_nothing_but_its_status(body: Any) -> None:
    verdicts = [classify(make(403, body), now=NOW) for make in (http_error, google_error)]
    assert {verdict.status for verdict in verdicts} == {403}
