"""Turn an exception of any provider's client into one verdict.

Type, status and the body's own code decide. Sentences are read only for what providers
state nowhere else: a token count above a maximum, a zero limit, "per day", and Groq's
"Limit, Used, Requested".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..resilience.rate_limit_headers import google_limits
from .error_body import Evidence, causes, evidence_of
from .kinds import Kind, Verdict
from .retry_after import longest_wait

_BY_STATUS = {
    401: Kind.AUTH,
    402: Kind.QUOTA_DAILY,
    403: Kind.PERMISSION,
    404: Kind.MODEL_NOT_FOUND,
    408: Kind.TIMEOUT,
    410: Kind.MODEL_NOT_FOUND,
    413: Kind.CONTEXT_OVERFLOW,
    498: Kind.UNAVAILABLE,
    499: Kind.SERVER_ERROR,
    503: Kind.UNAVAILABLE,
    504: Kind.TIMEOUT,
    522: Kind.TIMEOUT,
    524: Kind.TIMEOUT,
    529: Kind.UNAVAILABLE,
}
_BY_CODE = {
    "context_length_exceeded": Kind.CONTEXT_OVERFLOW,
    "model_decommissioned": Kind.MODEL_NOT_FOUND,
    "model_not_found": Kind.MODEL_NOT_FOUND,
    "organization_restricted": Kind.PERMISSION,
    "spend_limit_reached": Kind.QUOTA_DAILY,
    "blocked_api_access": Kind.QUOTA_DAILY,
    "json_validate_failed": Kind.MALFORMED_RESPONSE,
    "output_parse_failed": Kind.MALFORMED_RESPONSE,
    "tool_use_failed": Kind.TOOL_USE_FAILED,
    "invalid_api_key": Kind.AUTH,
    "insufficient_quota": Kind.QUOTA_DAILY,
    "billing_not_active": Kind.QUOTA_DAILY,
    "content_filter": Kind.BLOCKED,
    "content_policy_violation": Kind.BLOCKED,
    "unsupported_country_region_territory": Kind.PERMISSION,
}
_BILLING = ("spend_limit_reached", "blocked_api_access", "insufficient_quota", "billing_not_active")
_TOO_LONG = re.compile(
    r"token count\b.*\bexceeds the maximum number of tokens|\bprompt is too long\b"
    r"|\bmaximum context length\b|\bexceeds? (the )?context (limit|window|length|size)\b",
    re.IGNORECASE,
)
_NO_TOOLS = re.compile(
    r"\bdoes not support (function |tool|chat)|\btools\b[^.]*\bnot supported\b", re.IGNORECASE
)
_PLACE = re.compile(r"\b(location|country|region)\b", re.IGNORECASE)
_TOOL_CALL = re.compile(
    r"tool call validation failed|failed to call a function|failed to parse tool call"
    r"|model (called a|did not call a) tool",
    re.IGNORECASE,
)
_ZERO_LIMIT = re.compile(r"\blimit: 0(?![.\d])", re.IGNORECASE)
_DEPLETED = re.compile(
    r"\bcredits? (is|are|balance is) depleted|\bcredit balance is too low", re.IGNORECASE
)
_PER_DAY = re.compile(r"\bper day\b|\((TPD|RPD|ASPD)\)", re.IGNORECASE)
_SIZES = re.compile(r"Limit (\d+)\b.*?Requested ~?(\d+)", re.IGNORECASE | re.DOTALL)


def classify(exception: BaseException, *, began: bool = False) -> Verdict:
    """Return the verdict on an exception that a model call raised.

    Args:
        exception: What was raised; its causes are read too.
        began: Whether the stream had delivered something before.
    """
    evidence = evidence_of(exception)
    if evidence is not None and (evidence.status or evidence.error):
        delays = (str(info.get("retryDelay", "")) for info in evidence.details("RetryInfo"))
        kind = _of_provider(evidence)
        return Verdict(
            kind=kind,
            status=evidence.status,
            detail=evidence.message or evidence.code or type(exception).__name__,
            retry_after=longest_wait(evidence.retry_after, delays, evidence.message),
            sticky=kind is Kind.QUOTA_DAILY and _sticky(evidence),
            generation=_generation(evidence) if kind is Kind.TOOL_USE_FAILED else "",
            one_model=_zero_limit(evidence) or evidence.code.startswith("model_"),
            limits=google_limits(_limits(evidence)),
        )
    return Verdict(_of_transport(exception, began), detail=_describe(exception))


def _of_provider(evidence: Evidence) -> Kind:
    status = evidence.status or 0
    if status == 429:
        return _too_many(evidence)
    if status in (400, 422) or (not status and evidence.code):
        return _bad_request(evidence)
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return Kind.SERVER_ERROR
    return Kind.INVALID_REQUEST if status >= 400 else Kind.MALFORMED_RESPONSE


def _bad_request(evidence: Evidence) -> Kind:
    reasons = {info.get("reason") for info in evidence.details("ErrorInfo")}
    if reasons & {"API_KEY_INVALID", "API_KEY_EXPIRED"}:
        return Kind.AUTH
    if evidence.code in _BY_CODE:
        return _BY_CODE[evidence.code]
    if evidence.code == "FAILED_PRECONDITION" and _PLACE.search(evidence.message):
        return Kind.PERMISSION
    if _TOO_LONG.search(evidence.message):
        return Kind.CONTEXT_OVERFLOW
    if _DEPLETED.search(evidence.message):
        return Kind.QUOTA_DAILY
    if _NO_TOOLS.search(evidence.message):
        return Kind.MODEL_NOT_FOUND
    if isinstance(evidence.error.get("failed_generation"), str):
        return Kind.TOOL_USE_FAILED
    if _TOOL_CALL.search(evidence.message):
        return Kind.TOOL_USE_FAILED
    return Kind.INVALID_REQUEST


def _too_many(evidence: Evidence) -> Kind:
    message = evidence.message
    if evidence.code in _BILLING:
        return Kind.QUOTA_DAILY
    if _DEPLETED.search(message) or _zero_limit(evidence) or _google_daily(evidence):
        return Kind.QUOTA_DAILY
    if (sizes := _SIZES.search(message)) and int(sizes[2]) > int(sizes[1]):
        return Kind.CONTEXT_OVERFLOW
    return Kind.QUOTA_DAILY if _PER_DAY.search(message) else Kind.RATE_LIMIT


def _google_daily(evidence: Evidence) -> bool:
    ids = [limit.get("quotaId") or limit.get("quota_limit") for limit in _limits(evidence)]
    return any("PerDay" in str(name) for name in ids)


def _zero_limit(evidence: Evidence) -> bool:
    values = [
        limit.get("quotaValue") or limit.get("quota_limit_value") for limit in _limits(evidence)
    ]
    return "0" in values or bool(_ZERO_LIMIT.search(evidence.message))


def _limits(evidence: Evidence) -> Iterator[Mapping[str, Any]]:
    """Yield the limits that Google names: quota violations, and the metadata of its reason."""
    for failure in evidence.details("QuotaFailure"):
        yield from failure.get("violations") or ()
    for info in evidence.details("ErrorInfo"):
        yield info.get("metadata") or {}


def _sticky(evidence: Evidence) -> bool:
    """Say whether a used-up quota is a billing stop or was zero from the start."""
    return (
        evidence.status == 402
        or evidence.code in _BILLING
        or bool(_DEPLETED.search(evidence.message))
        or _zero_limit(evidence)
    )


def _generation(evidence: Evidence) -> str:
    text = evidence.error.get("failed_generation")
    return text if isinstance(text, str) else ""


def _of_transport(exception: BaseException, began: bool) -> Kind:
    """Judge by type where no provider spoke; httpx and its fork share their class names."""
    for error in causes(exception):
        names = {base.__name__ for base in type(error).__mro__}
        if isinstance(error, TimeoutError) or names & {"TimeoutException", "APITimeoutError"}:
            return Kind.TIMEOUT
        if "RemoteProtocolError" in names and "without sending a response" not in str(error):
            return Kind.MALFORMED_RESPONSE  # the body broke off, though no chunk was whole
        if isinstance(error, OSError) or "TransportError" in names:
            return Kind.MALFORMED_RESPONSE if began else Kind.CONNECTION
    if "APIConnectionError" in {base.__name__ for base in type(exception).__mro__}:
        return Kind.CONNECTION
    return Kind.MALFORMED_RESPONSE


def _describe(exception: BaseException) -> str:
    deepest = list(causes(exception))[-1]
    return f"{type(deepest).__name__}: {deepest}" if str(deepest) else type(deepest).__name__
