"""Turn an exception of any provider's client into one verdict.

Type, status and the body's own code decide.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from ...settings import FailureKind
from .error_body import ErrorBody, causes, error_body_of
from .quota_violations import google_limits
from .refusals import has_zero_limit, is_sticky, limits_in, reading_of
from .retry_after import longest_wait
from .transport import kind_of_transport
from .verdict import Verdict

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


def classify(
    exception: BaseException,
    *,
    now: datetime,
    began: bool = False,
    status: int | None = None,
    headers: Mapping[str, str] = _NO_HEADERS,
) -> Verdict:
    """Return the verdict on an exception that a model call raised.

    Args:
        exception: What was raised; its causes are read too.
        now: The instant, for waits that are stated as a point in time.
        began: Whether the stream had delivered something before.
        status: The HTTP status that came, where one did: a body may break off after it.
        headers: The headers that came, by their names in small letters.
    """
    body = error_body_of(exception)
    if body is not None and (body.status or body.error):
        return verdict_on(body, type(exception).__name__, now)
    if status is not None and status >= 400:
        return verdict_on(ErrorBody.of({}, headers, status), _describe(exception), now)
    return Verdict(kind_of_transport(exception, began), detail=_describe(exception))


def verdict_on(body: ErrorBody, otherwise: str, now: datetime) -> Verdict:
    """Return the verdict on what a provider said.

    Args:
        body: Its words.
        otherwise: What to tell where it had none.
        now: The instant, for waits that are stated as a point in time.
    """
    reading = reading_of(body)
    kind = reading.kind
    return Verdict(
        kind=kind,
        status=body.status,
        detail=body.message or body.code or body.text or otherwise,
        retry_after=longest_wait(body.headers, _delays(body), body.message, now),
        sticky=kind is FailureKind.QUOTA_DAILY and (reading.sticky or is_sticky(body)),
        generation=_generation(body) if kind is FailureKind.TOOL_USE_FAILED else "",
        one_model=reading.one_model or has_zero_limit(body) or body.code.startswith("model_"),
        limits=google_limits(limits_in(body)),
        words=reading.words,
        mend=reading.mend,
        payload_malformed=reading.payload_malformed,
    )


def _delays(body: ErrorBody) -> Iterator[str]:
    for info in body.details("RetryInfo"):
        yield str(info.get("retryDelay", ""))
    for info in body.details("ErrorInfo"):
        metadata = info.get("metadata")
        yield str(metadata.get("quotaResetDelay", "")) if isinstance(metadata, dict) else ""
    for name in ("retry_after", "retry_after_seconds"):
        yield str(body.error.get(name, ""))


def _generation(body: ErrorBody) -> str:
    text = body.error.get("failed_generation")
    return text if isinstance(text, str) else ""


def _describe(exception: BaseException) -> str:
    deepest = list(causes(exception))[-1]
    return f"{type(deepest).__name__}: {deepest}" if str(deepest) else type(deepest).__name__
