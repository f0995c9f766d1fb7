"""Keep what is known of the models, and tell what happened without telling secrets."""

from .alert_store import AlertStore
from .alerts import Alerts
from .background_writer import InOrder
from .breaker_store import BreakerStore, Standing
from .call_record import CallRecord, Tokens
from .ledger import Ledger
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
    "BreakerStore",
    "Bucket",
    "CallRecord",
    "Gauge",
    "InOrder",
    "Ledger",
    "LogFile",
    "Metrics",
    "Prices",
    "QuotaLeft",
    "QuotaStore",
    "Recorder",
    "Source",
    "Standing",
    "Statistics",
    "Summary",
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
