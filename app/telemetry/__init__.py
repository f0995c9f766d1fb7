"""Keep what is known of the models, and tell what happened without telling secrets."""

from app.telemetry.alert_store import AlertStore
from app.telemetry.alerts import Alerts
from app.telemetry.breaker_store import BreakerStore, Standing
from app.telemetry.call_record import CallRecord, Tokens
from app.telemetry.in_order import InOrder
from app.telemetry.ledger import Ledger
from app.telemetry.logs import LogFile
from app.telemetry.metrics import Metrics, open_metrics
from app.telemetry.prices import Prices
from app.telemetry.quota_left import QuotaLeft, quotas_left
from app.telemetry.quota_store import Gauge, QuotaStore, Source
from app.telemetry.recorder import Recorder
from app.telemetry.redaction import redact
from app.telemetry.statistics import GROUPS, Bucket, Statistics, Summary, statistics_of
from app.telemetry.turn_ids import TurnIds, about, current_ids, turn_id

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
