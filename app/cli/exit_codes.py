"""Name the exit codes that scripts may rely on."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    ANSWERED = 0
    FAILED = 1
    WRONG_USAGE = 2
    NEEDS_CONFIRMATION = 3
    NO_MODEL = 4
    INTERRUPTED = 130
    CLOSED_PIPE = 141
