"""Name what an examination finds: good, to be looked at, or broken."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is; the word is shown besides the colour."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what, how it stands, and a text of whole sentences."""

    area: str
    level: Level
    text: str
