"""Find the provider's own error in every shape that it arrives in."""

import json
from typing import Any

import pytest

from app.llm.failures import error_body_of
from tests.llm.failures.sdk_errors import SdkError, google_error, http_error

ERROR = {"message": "slow down", "code": "rate_limit_exceeded"}


@pytest.mark.parametrize(
    "error",
    [
        http_error(429, {"error": ERROR}),
        http_error(429, ERROR),
        http_error(429, [{"error": ERROR}]),
        http_error(429, json.dumps({"error": ERROR})),
        http_error(429, {"message": json.dumps({"error": ERROR}), "code": "wrapped"}),
        http_error(429, {"error": {"error": ERROR}}),
        google_error(429, ERROR),
        SdkError(body={"error": ERROR}),
    ],
)
def test_error_is_found_however_it_is_wrapped(error: SdkError) -> None:
    found = error_body_of(error)
    assert found is not None
    assert (found.status, found.message, found.code) == (429, "slow down", "rate_limit_exceeded")


def test_sentence_alone_is_the_message() -> None:
    ollama = error_body_of(SdkError(status_code=404, error="model not found"))
    assert ollama is not None
    assert (ollama.status, ollama.message, ollama.code) == (404, "model not found", "")
    in_body = error_body_of(http_error(500, {"error": "it broke"}))
    assert in_body is not None
    assert in_body.message == "it broke"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"status_code": 498}, 498),
        ({"code": 503}, 503),
        ({"status": "RESOURCE_EXHAUSTED"}, 429),
        ({"type": "overloaded_error"}, 529),
        ({"code": "insufficient_quota", "type": "server_error"}, 429),
        ({"code": 0}, 200),
        ({}, 200),
    ],
)
def test_status_in_the_body_wins_over_that_of_a_stream(told: dict[str, Any], status: int) -> None:
    found = error_body_of(http_error(200, {"error": {"message": "x"} | told}))
    assert found is not None
    assert found.status == status


def test_status_in_the_body_wins_over_that_of_the_answer() -> None:
    found = error_body_of(http_error(500, {"error": {"message": "x", "status_code": 498}}))
    assert found is not None
    assert found.status == 498


@pytest.mark.parametrize("body", [None, "", "<html>", [], [ERROR, ERROR], 7, {"error": None}])
def test_body_that_says_nothing_leaves_the_status(body: object) -> None:
    found = error_body_of(http_error(502, body))
    assert found is not None
    assert (found.status, found.message, found.code) == (502, "", "")


def test_header_says_when_to_come_back() -> None:
    found = error_body_of(http_error(503, None, retry_after="120"))
    assert found is not None
    assert found.headers["retry-after"] == "120"


def test_details_are_told_apart_by_their_type() -> None:
    details = [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "26s"},
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []},
        "odd",
    ]
    found = error_body_of(google_error(429, {"details": details}))
    assert found is not None
    assert [detail["retryDelay"] for detail in found.details("RetryInfo")] == ["26s"]
    assert list(found.details("Help")) == []
    odd = error_body_of(google_error(429, {"details": "none", "message": 5}))
    assert odd is not None
    assert (list(odd.details("RetryInfo")), odd.message) == ([], "")


def test_where_no_provider_spoke_there_is_none() -> None:
    assert error_body_of(ConnectionError("refused")) is None
    assert error_body_of(SdkError("odd", status_code="none", body="text")) is None


def test_circle_of_causes_comes_to_an_end() -> None:
    first, second = SdkError("a"), SdkError("b")
    first.__cause__, second.__cause__ = second, first
    assert error_body_of(first) is None
