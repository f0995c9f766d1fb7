"""Write tasks into files that other programs read, and read theirs: JSON, CSV, todo.txt, iCalendar.

JSON holds everything and comes back the same. The others hold what their form knows.
"""

from .reading import Reading
from .registry import FORMATS, Format, format_of

__all__ = ["FORMATS", "Format", "Reading", "format_of"]
