"""Say what a failure concerns, and whether waiting helps."""

from datetime import UTC, datetime

import pytest

from app.llm.failures import Verdict, classify
from app.llm.providers import BreakerKeys
from app.settings import FailureKind, Scope
from tests.llm.failures.sdk_errors import SdkError, google_error, http_error

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
KEYS = BreakerKeys(model="groq url gpt-oss mark", key="groq url * mark")


def violation(name: str, value: str) -> SdkError:
    """Return Gemini's 429 that names one quota."""
    failure = {"@type": "QuotaFailure", "violations": [{"quotaId": name, "quotaValue": value}]}
    failure["@type"] = "type.googleapis.com/google.rpc.QuotaFailure"
    return google_error(429, {"message": "Quota exceeded.", "details": [failure]})


@pytest.mark.parametrize(
    "error",
    [
        http_error(403, {"error": {"code": "model_permission_blocked_project", "message": ""}}),
        violation("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "0"),
        google_error(429, {"message": "Quota exceeded, limit: 0, model: gemini-3.5-pro"}),
    ],
)
def test_blocked_model_and_zero_limit_concern_that_model_and_not_its_key(error: SdkError) -> None:
    verdict = classify(error, now=NOON)
    assert verdict.one_model
    assert verdict.scope is Scope.MODEL
    assert KEYS.of(verdict) == KEYS.model


@pytest.mark.parametrize(
    "error",
    [
        http_error(401, {"error": {"code": "invalid_api_key", "message": ""}}),
        http_error(403, {"error": {"code": "forbidden", "message": ""}}),
        http_error(402, {"error": {"code": "", "message": "pay"}}),
        http_error(429, {"error": {"code": "insufficient_quota", "message": ""}}),
        google_error(429, {"message": "Your prepayment credits are depleted."}),
        http_error(400, {"error": {"message": "Your credit balance is too low to access."}}),
    ],
)
def test_rejected_key_and_billing_stop_concern_every_model_on_the_key(error: SdkError) -> None:
    verdict = classify(error, now=NOON)
    assert KEYS.of(verdict) == KEYS.key
    assert not verdict.waiting_helps


@pytest.mark.parametrize(
    "error",
    [
        violation("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "0"),
        google_error(429, {"message": "Quota exceeded, limit: 0"}),
    ],
)
def test_zero_quota_is_sticky_and_waiting_does_not_help(error: SdkError) -> None:
    verdict = classify(error, now=NOON)
    assert (verdict.kind, verdict.sticky) == (FailureKind.QUOTA_DAILY, True)
    assert not verdict.waiting_helps


@pytest.mark.parametrize("message", ["limit: 0.5", "limit: 05 tries", "limit: 20"])
def test_other_limits_are_not_zero(message: str) -> None:
    verdict = classify(google_error(429, {"message": message}), now=NOON)
    assert (verdict.sticky, verdict.one_model) == (False, False)


def test_days_quota_that_comes_back_is_not_sticky() -> None:
    verdict = classify(
        violation("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "500"), now=NOON
    )
    assert (verdict.kind, verdict.sticky) == (FailureKind.QUOTA_DAILY, False)
    assert verdict.waiting_helps
    assert [(limit.window, limit.amount) for limit in verdict.limits] == [("requests/day", 500)]


@pytest.mark.parametrize("status", [429, 503, 529])
def test_stated_wait_is_kept_whatever_failed(status: int) -> None:
    assert classify(http_error(status, None, retry_after="120"), now=NOON).retry_after == 120


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind.row.scope is Scope.REQUEST])
def test_what_concerns_the_request_concerns_no_model(kind: FailureKind) -> None:
    assert Verdict(kind, sticky=True).scope is Scope.REQUEST
    assert Verdict(kind, one_model=True).scope is Scope.REQUEST


def test_request_that_can_never_fit_is_too_long_and_not_too_early() -> None:
    told = "Rate limit reached: Limit 8000, Used 100, Requested 9000."
    assert (
        classify(http_error(429, {"error": {"message": told}}), now=NOON).kind == "context_overflow"
    )
    fits = told.replace("9000", "7950")
    assert classify(http_error(429, {"error": {"message": fits}}), now=NOON).kind == "rate_limit"


@pytest.mark.parametrize(
    ("error", "began", "kind"),
    [
        (TimeoutError(), False, "timeout"),
        (ConnectionRefusedError("refused"), False, "connection"),
        (ConnectionResetError("reset"), True, "malformed_response"),
        (ValueError("odd"), False, "malformed_response"),
    ],
)
def test_where_no_provider_spoke_the_transport_decides(
    error: Exception, began: bool, kind: str
) -> None:
    assert classify(error, began=began, now=NOON).kind == kind
