"""Whom to ask, and when again: breakers, quotas, quick tries, the wait for recovery."""

from .breaker import Breakers
from .breaker_policy import Admission, BreakerState, breaker_state
from .quota import Quota
from .quota_counters import QuotaCounters
from .recovery_wait import RecoveryWait, guessed, passes, second_chance
from .retry import Retries

__all__ = [
    "Admission",
    "BreakerState",
    "Breakers",
    "Quota",
    "QuotaCounters",
    "RecoveryWait",
    "Retries",
    "breaker_state",
    "guessed",
    "passes",
    "second_chance",
]
