"""Tell what happened: the log file, and the redaction of everything that is told."""

from app.telemetry.logs import LogFile
from app.telemetry.redaction import redact

__all__ = ["LogFile", "redact"]
