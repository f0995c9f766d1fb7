"""The kinds of failure of a model call, one row each: what every part of the program knows.

A new kind is one member here. Its exception, its words, `FAILOVER_ON`, the breakers and the
quick tries follow from the row.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Scope(StrEnum):
    """What a failure concerns: this request, this model, or every model on this key."""

    REQUEST = "request"
    MODEL = "model"
    KEY = "key"


class Waiting(Enum):
    """Whether the same request may work later, with nothing mended."""

    HELPS = "it does"
    UNCLEAR = "it may, or may not"
    NO_USE = "it never does"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureKindRow:
    """What is known of one kind of failure.

    Attributes:
        value: How replies, the ledger, metrics and `FAILOVER_ON` call it.
        words: What a person reads.
        scope: What it concerns.
        goes_over: Whether each failure of the kind goes over to the next model. Of the others
            all do but a refusal for safety and a payload that says to be malformed.
        waiting: Whether the same request may work later, with nothing mended.
        transient: Whether the same model may get a quick second try.
        needs_a_person: Whether somebody has to mend a setting; until then the model is
            tried again once an hour.
        error: The name of its exception, which logs show.
        langchain_error: The class in `langchain_core.exceptions` that the exception is one of.
        langchain_retries: Whether LangChain's own middleware may try again.
        statuses: The HTTP statuses that mean it. What 400, 422 and 429 mean, codes and
            sentences say.
        codes: The codes in an error's body that mean it, as the APIs of Groq, OpenAI and
            Anthropic have them.
    """

    value: str
    words: str
    scope: Scope
    goes_over: bool
    waiting: Waiting
    transient: bool
    needs_a_person: bool
    error: str
    langchain_error: str
    langchain_retries: bool
    statuses: tuple[int, ...]
    codes: tuple[str, ...]


class FailureKind(StrEnum):
    """Why a model call gave no usable answer; `row` says what that means."""

    row: FailureKindRow

    def __new__(cls, row: FailureKindRow | str) -> "FailureKind":
        """Make the member of a row; `FailureKind("auth")` looks one up and never comes here."""
        assert isinstance(row, FailureKindRow)
        member = str.__new__(cls, row.value)
        member._value_ = row.value
        member.row = row
        return member

    RATE_LIMIT = FailureKindRow(
        value="rate_limit",
        words="rate limit reached",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.HELPS,
        transient=False,
        needs_a_person=False,
        error="RateLimitError",
        langchain_error="ModelRateLimitError",
        langchain_retries=True,
        statuses=(420,),
        codes=(),
    )
    """A limit over a short window."""

    QUOTA_DAILY = FailureKindRow(
        value="quota_daily",
        words="daily quota used up",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.HELPS,
        transient=False,
        needs_a_person=False,
        error="QuotaExhaustedError",
        langchain_error="ModelRateLimitError",
        langchain_retries=False,
        statuses=(402,),
        codes=(
            *("spend_limit_reached", "blocked_api_access"),
            *("insufficient_quota", "billing_not_active", "billing_hard_limit_reached"),
        ),
    )
    """A day's quota, a zero quota, or a billing stop: soon is no use."""

    UNAVAILABLE = FailureKindRow(
        value="unavailable",
        words="overloaded",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.HELPS,
        transient=True,
        needs_a_person=False,
        error="UnavailableError",
        langchain_error="ModelAPIError",
        langchain_retries=True,
        statuses=(425, 498, 503, 529),
        codes=(),
    )
    """The model is overloaded or has no capacity."""

    SERVER_ERROR = FailureKindRow(
        value="server_error",
        words="internal error at the provider",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.HELPS,
        transient=True,
        needs_a_person=False,
        error="ServerError",
        langchain_error="ModelAPIError",
        langchain_retries=True,
        statuses=(409, 423, 424, 499),
        codes=(),
    )
    """The provider failed inside."""

    TIMEOUT = FailureKindRow(
        value="timeout",
        words="no answer in time",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.HELPS,
        transient=False,
        needs_a_person=False,
        error="TimedOutError",
        langchain_error="ModelTimeoutError",
        langchain_retries=True,
        statuses=(408, 504, 522, 524),
        codes=(),
    )
    """No answer within a limit, the provider's or ours."""

    CONNECTION = FailureKindRow(
        value="connection",
        words="can't be reached",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.HELPS,
        transient=True,
        needs_a_person=False,
        error="ConnectionFailedError",
        langchain_error="ModelConnectionError",
        langchain_retries=True,
        statuses=(407, 421, 426, 444, 460, 463, 495, 496, 497, 511),
        codes=(),
    )
    """The provider can't be reached: refused, reset, or its name isn't found."""

    AUTH = FailureKindRow(
        value="auth",
        words="key rejected",
        scope=Scope.KEY,
        goes_over=True,
        waiting=Waiting.NO_USE,
        transient=False,
        needs_a_person=True,
        error="KeyRejectedError",
        langchain_error="ModelAuthenticationError",
        langchain_retries=False,
        statuses=(401,),
        codes=("invalid_api_key",),
    )
    """The key is wrong or has expired."""

    PERMISSION = FailureKindRow(
        value="permission",
        words="access refused",
        scope=Scope.KEY,
        goes_over=True,
        waiting=Waiting.NO_USE,
        transient=False,
        needs_a_person=True,
        error="AccessRefusedError",
        langchain_error="ModelPermissionDeniedError",
        langchain_retries=False,
        statuses=(403, 451),
        codes=("organization_restricted", "unsupported_country_region_territory"),
    )
    """The key, project, region or model is not allowed."""

    MODEL_NOT_FOUND = FailureKindRow(
        value="model_not_found",
        words="no such model any more",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.NO_USE,
        transient=False,
        needs_a_person=True,
        error="ModelRetiredError",
        langchain_error="ModelNotFoundError",
        langchain_retries=False,
        statuses=(404, 410),
        codes=("model_decommissioned", "model_not_found"),
    )
    """The model is unknown or retired."""

    CONTEXT_OVERFLOW = FailureKindRow(
        value="context_overflow",
        words="message too long for it",
        scope=Scope.REQUEST,
        goes_over=True,
        waiting=Waiting.NO_USE,
        transient=False,
        needs_a_person=False,
        error="ContextTooLargeError",
        langchain_error="ContextOverflowError",
        langchain_retries=False,
        statuses=(413,),
        codes=("context_length_exceeded",),
    )
    """The request is too large for this model or tier."""

    TOOL_USE_FAILED = FailureKindRow(
        value="tool_use_failed",
        words="made a broken tool call",
        scope=Scope.REQUEST,
        goes_over=True,
        waiting=Waiting.UNCLEAR,
        transient=False,
        needs_a_person=False,
        error="ToolCallRejectedError",
        langchain_error="ModelError",
        langchain_retries=True,
        statuses=(),
        codes=("tool_use_failed",),
    )
    """The provider rejected the tool call that its model wrote."""

    MALFORMED_RESPONSE = FailureKindRow(
        value="malformed_response",
        words="unusable answer",
        scope=Scope.MODEL,
        goes_over=True,
        waiting=Waiting.UNCLEAR,
        transient=True,
        needs_a_person=False,
        error="MalformedResponseError",
        langchain_error="ModelError",
        langchain_retries=True,
        statuses=(),
        codes=("json_validate_failed", "output_parse_failed"),
    )
    """The answer is empty, cut off, or can't be read."""

    BLOCKED = FailureKindRow(
        value="blocked",
        words="declined for safety reasons",
        scope=Scope.REQUEST,
        goes_over=False,
        waiting=Waiting.UNCLEAR,
        transient=False,
        needs_a_person=False,
        error="BlockedError",
        langchain_error="ModelError",
        langchain_retries=False,
        statuses=(),
        codes=("content_filter", "content_policy_violation", "moderation_blocked"),
    )
    """The provider declined: for safety, which stays, or for recitation or a language."""

    INVALID_REQUEST = FailureKindRow(
        value="invalid_request",
        words="refused the request as invalid",
        scope=Scope.REQUEST,
        goes_over=False,
        waiting=Waiting.UNCLEAR,
        transient=False,
        needs_a_person=False,
        error="RequestInvalidError",
        langchain_error="ModelInvalidRequestError",
        langchain_retries=False,
        statuses=(),
        codes=(),
    )
    """The request was refused as malformed, which stays, or in words that aren't known here."""


GOES_OVER = tuple(kind for kind in FailureKind if kind.row.goes_over)
"""The kinds that `FAILOVER_ON` names where it is not set."""
