"""Make the exception of each kind of failure.

They are members of LangChain's `ModelError` family, so that LangChain's own middleware
understands them too.
"""

from collections.abc import Mapping

from langchain_core import exceptions as langchain

from ...settings import FailureKind
from .verdict import Verdict


class ModelCallError(langchain.ModelError):
    """A model call that gave no usable answer; `verdict` says why."""

    kind: FailureKind

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.kind}: {verdict.detail}")
        self.verdict = verdict


class CurableError(ModelCallError):
    """A failure that the next model may cure: it goes over."""


def _error_of(kind: FailureKind) -> type[ModelCallError]:
    base = getattr(langchain, kind.row.langchain_error)
    bases = (ModelCallError,) if issubclass(ModelCallError, base) else (ModelCallError, base)
    parts = {
        "__doc__": f"A model call failed: {kind.row.words}.",
        "__module__": __name__,
        "kind": kind,
        "is_retryable": kind.row.langchain_retries,
    }
    return type(kind.row.error, bases, parts)


ERRORS: Mapping[FailureKind, type[ModelCallError]] = {kind: _error_of(kind) for kind in FailureKind}
"""The exception of each kind, under the name that its row gives it."""


def _curable_twin(error: type[ModelCallError]) -> type[ModelCallError]:
    parts = {"__doc__": error.__doc__, "__module__": __name__}
    return type(error.__name__, (error, CurableError), parts)


_CURABLE = {kind: _curable_twin(error) for kind, error in ERRORS.items()}


def error_of(verdict: Verdict, *, goes_over: bool) -> ModelCallError:
    """Return the exception of a failure, a `CurableError` where it goes over.

    Args:
        verdict: What went wrong.
        goes_over: Whether the next model is asked.
    """
    return (_CURABLE if goes_over else ERRORS)[verdict.kind](verdict)
