"""Turn an exception of any provider's client into one verdict.

Type, status and the body's own code decide. Sentences are read only for what providers
state nowhere else: a token count above a maximum, a zero limit, "per day", and Groq's
"Limit, Used, Requested".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...settings import FailureKind
from .error_body import ErrorBody, causes, error_body_of
from .quota_violations import google_limits
from .retry_after import longest_wait
from .verdict import Verdict

_BY_STATUS = {status: kind for kind in FailureKind for status in kind.row.statuses}
_BY_CODE = {code: kind for kind in FailureKind for code in kind.row.codes}
_BILLING = FailureKind.QUOTA_DAILY.row.codes
"""Codes of accounts that may ask nothing until somebody pays."""
_TOO_LONG = re.compile(
    r"token count\b.*\bexceeds the maximum number of tokens|\bprompt is too long\b"
    r"|\bmaximum context length\b|\bexceeds? (the )?context (limit|window|length|size)\b",
    re.IGNORECASE,
)
_NO_TOOLS = re.compile(
    r"\bdoes not support (function |tool|chat)|\btools\b[^.]*\bnot supported\b", re.IGNORECASE
)
_MALFORMED = re.compile(
    r"invalid json payload|unknown name \"|(could not|couldn't) parse the json"
    r"|body (is not|isn't) valid json|invalid json in (the )?(request|body)"
    r"|body contains invalid json",
    re.IGNORECASE,
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
    body = error_body_of(exception)
    if body is not None and (body.status or body.error):
        return verdict_on(body, type(exception).__name__)
    return Verdict(_of_transport(exception, began), detail=_describe(exception))


def verdict_on(body: ErrorBody, otherwise: str) -> Verdict:
    """Return the verdict on what a provider said.

    Args:
        body: Its words.
        otherwise: What to tell where it had none.
    """
    delays = (str(info.get("retryDelay", "")) for info in body.details("RetryInfo"))
    kind = _of_provider(body)
    return Verdict(
        kind=kind,
        status=body.status,
        detail=body.message or body.code or otherwise,
        retry_after=longest_wait(body.retry_after, delays, body.message),
        sticky=kind is FailureKind.QUOTA_DAILY and _sticky(body),
        generation=_generation(body) if kind is FailureKind.TOOL_USE_FAILED else "",
        one_model=_zero_limit(body) or body.code.startswith("model_"),
        limits=google_limits(_limits(body)),
        payload_malformed=bool(_MALFORMED.search(body.message)),
    )


def _of_provider(body: ErrorBody) -> FailureKind:
    status = body.status or 0
    if status == 429:
        return _too_many(body)
    if status in (400, 422) or (not status and body.code):
        return _bad_request(body)
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status >= 500:
        return FailureKind.SERVER_ERROR
    return FailureKind.INVALID_REQUEST if status >= 400 else FailureKind.MALFORMED_RESPONSE


def _bad_request(body: ErrorBody) -> FailureKind:
    reasons = {info.get("reason") for info in body.details("ErrorInfo")}
    if reasons & {"API_KEY_INVALID", "API_KEY_EXPIRED"}:
        return FailureKind.AUTH
    if body.code in _BY_CODE:
        return _BY_CODE[body.code]
    if body.code == "FAILED_PRECONDITION" and _PLACE.search(body.message):
        return FailureKind.PERMISSION
    if _TOO_LONG.search(body.message):
        return FailureKind.CONTEXT_OVERFLOW
    if _DEPLETED.search(body.message):
        return FailureKind.QUOTA_DAILY
    if _NO_TOOLS.search(body.message):
        return FailureKind.MODEL_NOT_FOUND
    if isinstance(body.error.get("failed_generation"), str):
        return FailureKind.TOOL_USE_FAILED
    if _TOOL_CALL.search(body.message):
        return FailureKind.TOOL_USE_FAILED
    return FailureKind.INVALID_REQUEST


def _too_many(body: ErrorBody) -> FailureKind:
    message = body.message
    if body.code in _BILLING:
        return FailureKind.QUOTA_DAILY
    if _DEPLETED.search(message) or _zero_limit(body) or _google_daily(body):
        return FailureKind.QUOTA_DAILY
    if (sizes := _SIZES.search(message)) and int(sizes[2]) > int(sizes[1]):
        return FailureKind.CONTEXT_OVERFLOW
    return FailureKind.QUOTA_DAILY if _PER_DAY.search(message) else FailureKind.RATE_LIMIT


def _google_daily(body: ErrorBody) -> bool:
    ids = [limit.get("quotaId") or limit.get("quota_limit") for limit in _limits(body)]
    return any("PerDay" in str(name) for name in ids)


def _zero_limit(body: ErrorBody) -> bool:
    values = [limit.get("quotaValue") or limit.get("quota_limit_value") for limit in _limits(body)]
    return "0" in values or bool(_ZERO_LIMIT.search(body.message))


def _limits(body: ErrorBody) -> Iterator[Mapping[str, Any]]:
    """Yield the limits that Google names: quota violations, and the metadata of its reason."""
    for failure in body.details("QuotaFailure"):
        yield from failure.get("violations") or ()
    for info in body.details("ErrorInfo"):
        yield info.get("metadata") or {}


def _sticky(body: ErrorBody) -> bool:
    """Say whether a used-up quota is a billing stop or was zero from the start."""
    return (
        body.status == 402
        or body.code in _BILLING
        or bool(_DEPLETED.search(body.message))
        or _zero_limit(body)
    )


def _generation(body: ErrorBody) -> str:
    text = body.error.get("failed_generation")
    return text if isinstance(text, str) else ""


def _of_transport(exception: BaseException, began: bool) -> FailureKind:
    """Judge by type where no provider spoke; httpx and its fork share their class names."""
    for error in causes(exception):
        names = {base.__name__ for base in type(error).__mro__}
        if isinstance(error, TimeoutError) or names & {"TimeoutException", "APITimeoutError"}:
            return FailureKind.TIMEOUT
        if "RemoteProtocolError" in names and "without sending a response" not in str(error):
            return FailureKind.MALFORMED_RESPONSE  # the body broke off, though no chunk was whole
        if isinstance(error, OSError) or "TransportError" in names:
            return FailureKind.MALFORMED_RESPONSE if began else FailureKind.CONNECTION
    if "APIConnectionError" in {base.__name__ for base in type(exception).__mro__}:
        return FailureKind.CONNECTION
    return FailureKind.MALFORMED_RESPONSE


def _describe(exception: BaseException) -> str:
    deepest = list(causes(exception))[-1]
    return f"{type(deepest).__name__}: {deepest}" if str(deepest) else type(deepest).__name__
