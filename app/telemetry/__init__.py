"""Keep what is known of the models, and tell what happened without telling secrets."""

from .alert_store import AlertStore
from .alerts import Alerts
from .attempt import Attempt, Outcome, Then, Tokens
from .background_writer import InOrder
from .breaker_store import BreakerStore, Standing
from .ledger import Ledger, LedgerEntry
from .logs.log_file import LogFile
from .logs.redaction import redact
from .logs.turn_ids import TurnIds, about, current_ids, turn_id
from .metrics.sinks import Metrics, open_metrics
from .prices import Prices
from .quota_left import QuotaLeft, quotas_left
from .quota_store import Gauge, QuotaStore, Source
from .recorder import Recorder
from .statistics import GROUPS, Bucket, Statistics, Summary, statistics_of

__all__ = [
    "GROUPS",
    "AlertStore",
    "Alerts",
    "Attempt",
    "BreakerStore",
    "Bucket",
    "Gauge",
    "InOrder",
    "Ledger",
    "LedgerEntry",
    "LogFile",
    "Metrics",
    "Outcome",
    "Prices",
    "QuotaLeft",
    "QuotaStore",
    "Recorder",
    "Source",
    "Standing",
    "Statistics",
    "Summary",
    "Then",
    "Tokens",
    "TurnIds",
    "about",
    "current_ids",
    "open_metrics",
    "quotas_left",
    "redact",
    "statistics_of",
    "turn_id",
]
