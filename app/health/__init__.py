"""Find out what is wrong: which models answer, what is kept where, and what the settings do."""

from app.health.examination import Report, close_breakers, examine
from app.health.findings import Finding, Level

__all__ = ["Finding", "Level", "Report", "close_breakers", "examine"]
