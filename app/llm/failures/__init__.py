"""What went wrong with a model call, in one verdict."""

from .answer_check import CUT_SHORT, error_inside, finish_reason, is_cut, judge
from .classification import classify
from .error_body import ErrorBody, error_body_of
from .errors import ERRORS, CurableError, ModelCallError, error_of
from .retry_after import A_DAY, duration
from .transport import broke_off
from .verdict import Verdict

__all__ = [
    "A_DAY",
    "CUT_SHORT",
    "ERRORS",
    "CurableError",
    "ErrorBody",
    "ModelCallError",
    "Verdict",
    "broke_off",
    "classify",
    "duration",
    "error_body_of",
    "error_inside",
    "error_of",
    "finish_reason",
    "is_cut",
    "judge",
]
