"""Say how a command ended that ran in a process of its own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """Its exit code, and what it wrote."""

    code: int
    out: str
    err: str
