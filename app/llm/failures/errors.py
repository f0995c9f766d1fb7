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
