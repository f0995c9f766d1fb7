"""Read what a provider's refusal means: by status, code and details, and by its sentence last.

Sentences are read only for what providers state nowhere else: a token count above a maximum, a
zero limit, "per day", and Groq's "Limit, Used, Requested".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...settings import FailureKind
from .error_body import ErrorBody
from .sentences import (
    COUNTRY,
    IN_BETWEEN,
    NO_ADDRESS,
    NO_BILLING,
    PROXY_REFUSED,
    Reading,
    read_sentence,
)

_BY_STATUS = {status: kind for kind in FailureKind for status in kind.row.statuses}
_BY_CODE = {code: kind for kind in FailureKind for code in kind.row.codes}
_BILLING = FailureKind.QUOTA_DAILY.row.codes
"""Codes of accounts that may ask nothing until somebody pays."""
_MODEL = re.compile(r"\bmodels?\b|\bmodel:", re.IGNORECASE)
_NOT_OF_ACCESS = (
    *(FailureKind.CONNECTION, FailureKind.QUOTA_DAILY, FailureKind.RATE_LIMIT),
    *(FailureKind.AUTH, FailureKind.UNAVAILABLE),
)
_OTHER_STATUS = {
    "RESOURCE_EXHAUSTED": FailureKind.RATE_LIMIT,
    "UNAUTHENTICATED": FailureKind.AUTH,
    "PERMISSION_DENIED": FailureKind.PERMISSION,
    "UNAVAILABLE": FailureKind.UNAVAILABLE,
    "INTERNAL": FailureKind.SERVER_ERROR,
    "ABORTED": FailureKind.SERVER_ERROR,
    "DEADLINE_EXCEEDED": FailureKind.TIMEOUT,
    "rate_limit_exceeded": FailureKind.RATE_LIMIT,
    "internal_server_error": FailureKind.SERVER_ERROR,
}
"""Codes that mean another status than the 400 that they came with, through a gateway."""
_PLACE = re.compile(r"\b(location|country|region)\b", re.IGNORECASE)
_ZERO_LIMIT = re.compile(r"\blimit: 0(?![.\d])", re.IGNORECASE)
_DEPLETED = re.compile(
    r"\bcredits? (is|are|balance is) depleted|\bcredit balance is too low", re.IGNORECASE
)
_PER_DAY = re.compile(r"\bper day\b|\((TPD|RPD|ASPD)\)", re.IGNORECASE)
_SIZES = re.compile(r"Limit (\d{1,18})\b.*?Requested ~?(\d{1,18})\b", re.IGNORECASE | re.DOTALL)
_LONGEST = 4_000


def reading_of(body: ErrorBody) -> Reading:
    """Return what a provider's words mean."""
    status = body.status or 0
    if status == 429:
        return Reading(_too_many(body))
    if status in (400, 403, 404, 405, 422) or (not status and body.code):
        return _refusal(body, status)
    if status == 407:
        return PROXY_REFUSED
    if 300 <= status < 400:
        return NO_ADDRESS
    if status in _BY_STATUS:
        return Reading(_BY_STATUS[status])
    if status >= 500:
        return Reading(FailureKind.SERVER_ERROR)
    if status >= 400:
        return read_sentence(body.message) or Reading(FailureKind.INVALID_REQUEST)
    return Reading(FailureKind.MALFORMED_RESPONSE)


def _refusal(body: ErrorBody, status: int) -> Reading:
    """Return what a refusal means whose status alone says little."""
    reasons = {str(info.get("reason")) for info in body.details("ErrorInfo")}
    if status in (404, 405) and not _about_a_model(body):
        return NO_ADDRESS
    if body.text and (status == 403 or body.text.startswith("<")):
        return Reading(FailureKind.CONNECTION, IN_BETWEEN)
    if status in (404, 405):
        return Reading(FailureKind.MODEL_NOT_FOUND)
    if reasons & {"API_KEY_INVALID", "API_KEY_EXPIRED"}:
        return Reading(FailureKind.AUTH)
    if "BILLING_DISABLED" in reasons:
        return Reading(FailureKind.QUOTA_DAILY, NO_BILLING, sticky=True)
    if status == 403:
        return _forbidden(body)
    if body.code in _BY_CODE:
        return _named(_BY_CODE[body.code], body)
    if body.code == "FAILED_PRECONDITION" and _PLACE.search(body.message):
        return Reading(FailureKind.PERMISSION, COUNTRY)
    if body.code in _OTHER_STATUS:
        return Reading(_OTHER_STATUS[body.code])
    if isinstance(body.error.get("failed_generation"), str):
        return Reading(FailureKind.TOOL_USE_FAILED)
    return read_sentence(body.message or body.text) or Reading(FailureKind.INVALID_REQUEST)


def _named(kind: FailureKind, body: ErrorBody) -> Reading:
    """Return what a code means, in the words of its sentence where they agree."""
    told = read_sentence(body.message)
    return told if told is not None and told.kind is kind else Reading(kind)


def _forbidden(body: ErrorBody) -> Reading:
    """Return what a 403 means: a refusal of access, unless it says something else."""
    if body.code in _BILLING:
        return Reading(FailureKind.QUOTA_DAILY)
    told = read_sentence(body.message)
    if told is not None and told.kind in _NOT_OF_ACCESS:
        return told
    return _named(FailureKind.PERMISSION, body)


def _about_a_model(body: ErrorBody) -> bool:
    """Say whether a 404 is about the model and not about the address."""
    if body.text or body.code == "unknown_url":
        return False
    return bool(body.code in _BY_CODE or _MODEL.search(body.message) or body.code == "NOT_FOUND")


def _too_many(body: ErrorBody) -> FailureKind:
    message = body.message
    if body.code in _BILLING:
        return FailureKind.QUOTA_DAILY
    if _DEPLETED.search(message) or has_zero_limit(body) or _google_daily(body):
        return FailureKind.QUOTA_DAILY
    if (sizes := _SIZES.search(message[:_LONGEST])) and int(sizes[2]) > int(sizes[1]):
        return FailureKind.CONTEXT_OVERFLOW
    return FailureKind.QUOTA_DAILY if _PER_DAY.search(message) else FailureKind.RATE_LIMIT


def _google_daily(body: ErrorBody) -> bool:
    ids = [limit.get("quotaId") or limit.get("quota_limit") for limit in limits_in(body)]
    return any("PerDay" in str(name) for name in ids)


def has_zero_limit(body: ErrorBody) -> bool:
    """Say whether a quota is zero, so that no wait helps."""
    each = limits_in(body)
    values = [limit.get("quotaValue") or limit.get("quota_limit_value") for limit in each]
    return "0" in values or bool(_ZERO_LIMIT.search(body.message))


def limits_in(body: ErrorBody) -> Iterator[Mapping[str, Any]]:
    """Yield the limits that Google names: quota violations, and the metadata of its reason."""
    for failure in body.details("QuotaFailure"):
        violations = failure.get("violations")
        for violation in violations if isinstance(violations, list) else ():
            if isinstance(violation, dict):
                yield violation
    for info in body.details("ErrorInfo"):
        metadata = info.get("metadata")
        if isinstance(metadata, dict):
            yield metadata


def is_sticky(body: ErrorBody) -> bool:
    """Say whether a used-up quota is a billing stop or was zero from the start."""
    return (
        body.status == 402
        or body.code in _BILLING
        or bool(_DEPLETED.search(body.message))
        or has_zero_limit(body)
    )
