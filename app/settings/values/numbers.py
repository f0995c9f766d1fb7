"""Read numbers: every setting that is one says its bounds where it is declared."""

import math
import re
from collections.abc import Callable


def whole_number(least: int, most: int, words: str | None = None) -> Callable[[object], int]:
    """Return a reader of a whole number between two bounds, which belong to it.

    Args:
        least: The smallest.
        most: The largest.
        words: What is said to be allowed; the two bounds where it is left out.
    """
    allowed = words or f"a whole number from {least} to {most}"

    def read(value: object) -> int:
        text = str(value).strip()
        if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        raise ValueError(allowed)

    return read


def seconds(most: float, least: float | None = None) -> Callable[[object], float]:
    """Return a reader of a time in seconds.

    Args:
        most: The longest.
        least: The shortest; anything above 0 where it is left out.
    """
    allowed = f"a number of seconds above 0 and at most {most:g}"
    if least is not None:
        allowed = f"a number of seconds from {least:g} to {most:.0f}"

    def read(value: object) -> float:
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        long_enough = number > 0 if least is None else number >= least
        if long_enough and number <= most:
            return number
        raise ValueError(allowed)

    return read
