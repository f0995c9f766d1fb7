"""The log: one line an event, redacted, with the turn that it belongs to."""

from .log_file import LogFile, may_be_log
from .redaction import redact
from .turn_ids import TurnIds, current_ids, turn_context, turn_id

__all__ = ["LogFile", "TurnIds", "current_ids", "may_be_log", "redact", "turn_context", "turn_id"]
