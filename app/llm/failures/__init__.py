"""What went wrong with a model call, in one verdict."""

from .answer_check import finish_reason, judge
from .classification import classify
from .error_body import ErrorBody, error_body_of
from .errors import ERRORS, CurableError, ModelCallError, error_of
from .retry_after import duration
from .verdict import Verdict

__all__ = [
    "ERRORS",
    "CurableError",
    "ErrorBody",
    "ModelCallError",
    "Verdict",
    "classify",
    "duration",
    "error_body_of",
    "error_of",
    "finish_reason",
    "judge",
]
