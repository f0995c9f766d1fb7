"""Texts that make a bad reader slow, and a clock that stops it."""

import itertools
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIZE = 100_000
"""Characters of each text."""
LIMIT = 1.0
"""Seconds of CPU that a reader may take for one of them."""

BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Every character that a pattern's white space knows."""

_SIGNS = "1,\"'[]{}()<>\\/-:;.|#!*_`=@+~^&?%$"
_WORDS = (
    *("a", "A", "e", "A1", "\u0301", "\u0301\u0327", "\u05d0", "\u202e", "\u200b"),
    *("\ud800", "\0", "\ufdfa", "\U0001f3f4\U000e0067", "\u4e2d"),
    *(" due ", "due:", " #a", " !high", "every ", " and ", " or ", "1,", "1, ", "in 1 day "),
    *("://", "data:", "<|", "<|channel|>", "<think>", "</think>", "```", "{}", "[]", '{"a":'),
    *("[{", '"}', "<parameter=a>", "<tool_call>", "call:a", "to=a.", "Limit 1 ", "retry after "),
    *("\r\n", "a\n", "\n\n", "> ", "- ", "* ", "![", "](", "| a ", "**a", "_a_", "~~", "<a"),
)
_PAIRED = ("a", "1", " ", "\xa0", ",", '"', "\\", "[", "<", ":", "#", "-", "{", "\n", "`", "*")

FEW = (" ", "\u3000", "1", "a", "a ", "1,", '"', "\\", "[", ":", "\u0301\u0327", "\0")
"""What every run of the tests repeats; `ALL` has the rest."""
ALL = (
    *BLANKS,
    *_SIGNS,
    *_WORDS,
    *("".join(pair) for pair in itertools.permutations(_PAIRED, 2)),
)


def text_of(unit: str, frame: tuple[str, str] = ("", "")) -> str:
    """Repeat a unit between a beginning and an end."""
    return frame[0] + (unit * (SIZE // len(unit) + 1))[:SIZE] + frame[1]


class TooSlowError(BaseException):
    """A reader took longer than it may. No `except` for errors catches it."""


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Stop what runs in this thread once it has taken so much CPU."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seconds_of(read: Callable[[str], object], text: str, limit: float = LIMIT) -> float:
    """Return how much CPU a reader takes for a text, and no more than twice the limit.

    It may refuse the text in whatever way it does.

    Args:
        read: The reader.
        text: What it reads.
        limit: Seconds that it may take.
    """
    begun = time.process_time()
    try:
        with stopped_after(2 * limit), suppress(Exception):
            read(text)
    except TooSlowError:
        return 2 * limit
    return time.process_time() - begun
