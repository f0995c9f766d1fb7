"""Keep what is known of the models, and tell what happened without telling secrets."""

from typing import TYPE_CHECKING

from .. import lazy_names
from .alert_store import AlertStore
from .alerts import Alerts
from .attempt import Attempt, Outcome, Then, Tokens
from .background_writer import BackgroundWriter
from .breaker_store import BreakerStanding, BreakerStore
from .ending import Ending
from .ledger import Ledger, LedgerEntry
from .logs import LogFile, TurnIds, current_ids, may_be_log, redact, turn_context, turn_id
from .metrics import Metrics, open_metrics
from .prices import Prices
from .quota_left import QuotaLeft, quotas_left
from .quota_store import QuotaChange, QuotaGauge, QuotaKey, QuotaSource, QuotaStore
from .recorder import Recorder

if TYPE_CHECKING:
    from .statistics import GROUPS, Bucket, Spread, Statistics, Summary

__all__ = [
    "GROUPS",
    "AlertStore",
    "Alerts",
    "Attempt",
    "BackgroundWriter",
    "BreakerStanding",
    "BreakerStore",
    "Bucket",
    "Ending",
    "Ledger",
    "LedgerEntry",
    "LogFile",
    "Metrics",
    "Outcome",
    "Prices",
    "QuotaChange",
    "QuotaGauge",
    "QuotaKey",
    "QuotaLeft",
    "QuotaSource",
    "QuotaStore",
    "Recorder",
    "Spread",
    "Statistics",
    "Summary",
    "Then",
    "Tokens",
    "TurnIds",
    "current_ids",
    "may_be_log",
    "open_metrics",
    "quotas_left",
    "redact",
    "turn_context",
    "turn_id",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {"statistics": ("GROUPS", "Bucket", "Spread", "Statistics", "Summary")},
    )
