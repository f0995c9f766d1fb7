"""Write tasks into files that other programs read, and read theirs: JSON, CSV, todo.txt, iCalendar.

JSON holds everything and comes back the same. The others hold what their form knows.
"""

from .decoding import GUESSED, decoded
from .reading import Reading, Report, Skipped
from .registry import FORMATS, IMPORTED, Format, format_of, recognised

__all__ = [
    "FORMATS",
    "GUESSED",
    "IMPORTED",
    "Format",
    "Reading",
    "Report",
    "Skipped",
    "decoded",
    "format_of",
    "recognised",
]
