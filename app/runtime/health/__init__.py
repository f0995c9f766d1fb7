"""Find out what is wrong: which models answer, what is kept where, and what the settings do."""

from .examination import Report, close_breakers, examine
from .findings import Finding, Level

__all__ = ["Finding", "Level", "Report", "close_breakers", "examine"]
