"""Keep what is known of the models, and tell what happened without telling secrets."""

from app.telemetry.breaker_store import BreakerStore, Standing
from app.telemetry.in_order import InOrder
from app.telemetry.logs import LogFile
from app.telemetry.redaction import redact

__all__ = ["BreakerStore", "InOrder", "LogFile", "Standing", "redact"]
