"""Say which models were asked in vain, and why, in an error that LangChain's parts understand."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from langchain_core import exceptions as langchain

from ...errors import TaskRelayError
from ...settings import FailureKind
from ...telemetry import Attempt
from ..attempts import last_failures
from ..providers import Place
from ..user_messages import reasons

_MOST_OF_A_DETAIL = 300


class NoAnswerError(langchain.ModelError, TaskRelayError):
    """No language model gave a whole answer; the text names each that was asked, and why.

    It is one of LangChain's `ModelRateLimitError`, `ContextOverflowError` and so on as well,
    where all models failed in one way.

    Attributes:
        attempts: The attempts in order, as `response_metadata` has them with an answer.
        is_retryable: Whether the same call may work later, with nothing mended.
        retry_after: Seconds until a model may be of use again, where that is known.
    """

    def __init__(
        self,
        message: str,
        attempts: Sequence[Mapping[str, object]] = (),
        *,
        is_retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        Exception.__init__(self, message)
        self.attempts = tuple(attempts)
        self.is_retryable = is_retryable
        self.retry_after = retry_after
        self.raw_message = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be pickled, whichever of LangChain's errors it is as well."""
        base = next(
            (b.__name__ for b in type(self).__bases__ if b.__module__ == langchain.__name__), ""
        )
        given = (str(self), self.attempts, self.is_retryable, self.retry_after)
        return _made, (base if type(self) is not NoAnswerError else "", *given)


def no_answer(
    attempts: Sequence[Attempt], missing: Sequence[Place], *, half_said: bool
) -> NoAnswerError:
    """Return the error of a call that nobody answered.

    Args:
        attempts: The attempts of the call.
        missing: Places without a key, which were never asked.
        half_said: Whether a part of an answer had been handed on.
    """
    failed = last_failures(attempts)
    if not failed:
        keys = " or ".join(place.key_name for place in missing)
        return NoAnswerError(f"No language model is set up: set {keys}.")
    kinds = [FailureKind(str(attempt.kind)) for attempt in failed]
    if half_said:
        head, told = "The answer broke off in its middle", failed[-1:]
        kinds = kinds[-1:]
    else:
        head, told = "No language model could answer", failed
    words = "; ".join([f"{head} ({reasons(told)})", *map(_detail, filter(_needs_detail, told))])
    bases = {kind.row.langchain_error for kind in kinds}
    waits = [attempt.wait for attempt in failed if attempt.wait is not None]
    return _made(
        bases.pop() if len(bases) == 1 else "",
        f"{words}.",
        tuple(attempt.report() for attempt in attempts),
        any(kind.row.langchain_retries for kind in kinds),
        min(waits, default=None),
    )


def _needs_detail(attempt: Attempt) -> bool:
    """Say whether only the provider's own words tell what was wrong with the request."""
    return attempt.kind in (FailureKind.INVALID_REQUEST, FailureKind.TOOL_USE_FAILED)


def _detail(attempt: Attempt) -> str:
    return f"{attempt.label} said: {' '.join(attempt.detail.split())[:_MOST_OF_A_DETAIL]}"


def _made(
    base: str,
    message: str,
    attempts: Sequence[Mapping[str, object]],
    is_retryable: bool,
    retry_after: float | None,
) -> NoAnswerError:
    return _class(base)(message, attempts, is_retryable=is_retryable, retry_after=retry_after)


@cache
def _class(base: str) -> type[NoAnswerError]:
    """Return the class of an error that is one of LangChain's as well, by the name of that."""
    if base in ("", langchain.ModelError.__name__):
        return NoAnswerError
    parts = {"__doc__": NoAnswerError.__doc__, "__module__": NoAnswerError.__module__}
    return type(NoAnswerError.__name__, (NoAnswerError, getattr(langchain, base)), parts)
