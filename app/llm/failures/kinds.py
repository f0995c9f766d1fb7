"""Name the kinds of failure, what each concerns, and the exception that carries it.

The exceptions are members of LangChain's `ModelError` family, so LangChain's own
middleware understands them too.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from langchain_core import exceptions as langchain

from ...settings import Limit


class Kind(StrEnum):
    """Why a model call gave no usable answer."""

    RATE_LIMIT = "rate_limit"
    QUOTA_DAILY = "quota_daily"
    UNAVAILABLE = "unavailable"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    AUTH = "auth"
    PERMISSION = "permission"
    MODEL_NOT_FOUND = "model_not_found"
    CONTEXT_OVERFLOW = "context_overflow"
    TOOL_USE_FAILED = "tool_use_failed"
    MALFORMED_RESPONSE = "malformed_response"
    BLOCKED = "blocked"
    INVALID_REQUEST = "invalid_request"


CURABLE = frozenset(Kind) - {Kind.BLOCKED, Kind.INVALID_REQUEST}
"""Kinds that another model may cure. A wrong request stays wrong, and a refusal for
safety is not taken to the next model."""

PLAIN_WORDS = {
    Kind.RATE_LIMIT: "rate limit reached",
    Kind.QUOTA_DAILY: "daily quota used up",
    Kind.UNAVAILABLE: "overloaded",
    Kind.SERVER_ERROR: "internal error at the provider",
    Kind.TIMEOUT: "no answer in time",
    Kind.CONNECTION: "can't be reached",
    Kind.AUTH: "key rejected",
    Kind.PERMISSION: "access refused",
    Kind.MODEL_NOT_FOUND: "no such model any more",
    Kind.CONTEXT_OVERFLOW: "message too long for it",
    Kind.TOOL_USE_FAILED: "made a broken tool call",
    Kind.MALFORMED_RESPONSE: "unusable answer",
    Kind.BLOCKED: "declined for safety reasons",
    Kind.INVALID_REQUEST: "refused the request as invalid",
}


class Scope(StrEnum):
    """What a failure concerns: this request, this model, or every model on this key."""

    REQUEST = "request"
    MODEL = "model"
    KEY = "key"


_OF_THE_REQUEST = frozenset(
    {Kind.CONTEXT_OVERFLOW, Kind.TOOL_USE_FAILED, Kind.BLOCKED, Kind.INVALID_REQUEST}
)
_OF_THE_KEY = frozenset({Kind.AUTH, Kind.PERMISSION})
_WAITING_HELPS = frozenset(
    {
        Kind.RATE_LIMIT,
        Kind.QUOTA_DAILY,
        Kind.UNAVAILABLE,
        Kind.SERVER_ERROR,
        Kind.TIMEOUT,
        Kind.CONNECTION,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what kind of failure it was.

    `status` is the provider's HTTP status where there was one, `detail` its own words,
    and `retry_after` the longest wait in seconds that it stated. `sticky` is a zero quota or
    a billing stop: time alone doesn't cure it. `one_model` narrows what else concerns the
    key to this model. `generation` is the text of a rejected tool call. `limits` are what
    a 429 named. `estimate` says that no provider spoke: our own count of a quota did.
    """

    kind: Kind
    status: int | None = None
    detail: str = ""
    retry_after: float | None = None
    sticky: bool = False
    one_model: bool = False
    generation: str = field(default="", repr=False)
    limits: tuple[Limit, ...] = ()
    estimate: bool = False

    @property
    def scope(self) -> Scope:
        """Return what the failure concerns."""
        if self.kind in _OF_THE_REQUEST:
            return Scope.REQUEST
        of_key = self.kind in _OF_THE_KEY or self.sticky
        return Scope.KEY if of_key and not self.one_model else Scope.MODEL

    @property
    def curable(self) -> bool:
        """Say whether another model may cure it."""
        return self.kind in CURABLE

    @property
    def waiting_helps(self) -> bool:
        """Say whether the same request may work later, with nothing mended."""
        return self.kind in _WAITING_HELPS and not self.sticky


class ModelCallError(langchain.ModelError):
    """A model call that gave no usable answer; `verdict` says why."""

    kind: ClassVar[Kind]

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.kind}: {verdict.detail}")
        self.verdict = verdict


class RateLimitError(ModelCallError, langchain.ModelRateLimitError):
    """A limit over a short window."""

    kind = Kind.RATE_LIMIT


class QuotaExhaustedError(ModelCallError, langchain.ModelRateLimitError):
    """A day's quota, a zero quota, or a billing stop: soon is no use."""

    kind = Kind.QUOTA_DAILY
    is_retryable = False


class UnavailableError(ModelCallError, langchain.ModelAPIError):
    """The model is overloaded or has no capacity."""

    kind = Kind.UNAVAILABLE
    is_retryable = True


class ServerError(ModelCallError, langchain.ModelAPIError):
    """The provider failed inside."""

    kind = Kind.SERVER_ERROR
    is_retryable = True


class TimedOutError(ModelCallError, langchain.ModelTimeoutError):
    """No answer within a limit, the provider's or ours."""

    kind = Kind.TIMEOUT
    is_retryable = True


class ConnectionFailedError(ModelCallError, langchain.ModelConnectionError):
    """The provider can't be reached: refused, reset, or its name isn't found."""

    kind = Kind.CONNECTION
    is_retryable = True


class KeyRejectedError(ModelCallError, langchain.ModelAuthenticationError):
    """The key is wrong or has expired."""

    kind = Kind.AUTH


class AccessRefusedError(ModelCallError, langchain.ModelPermissionDeniedError):
    """The key, project, region or model is not allowed."""

    kind = Kind.PERMISSION


class ModelRetiredError(ModelCallError, langchain.ModelNotFoundError):
    """The model is unknown or retired."""

    kind = Kind.MODEL_NOT_FOUND


class ContextTooLargeError(ModelCallError, langchain.ContextOverflowError):
    """The request is too large for this model or tier."""

    kind = Kind.CONTEXT_OVERFLOW


class ToolCallRejectedError(ModelCallError):
    """The provider rejected the tool call that its model wrote."""

    kind = Kind.TOOL_USE_FAILED
    is_retryable = True


class MalformedResponseError(ModelCallError):
    """The answer is empty, cut off, or can't be read."""

    kind = Kind.MALFORMED_RESPONSE
    is_retryable = True


class BlockedError(ModelCallError):
    """The provider declined for safety or recitation."""

    kind = Kind.BLOCKED


class RequestInvalidError(ModelCallError, langchain.ModelInvalidRequestError):
    """Our request is wrong in itself."""

    kind = Kind.INVALID_REQUEST


ERRORS: dict[Kind, type[ModelCallError]] = {
    error.kind: error for error in ModelCallError.__subclasses__()
}
