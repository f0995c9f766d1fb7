"""What a model costs, and how such prices are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PRICE = re.compile(r"(\S+)\s*=\s*([0-9.]+)\s*/\s*([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs in US dollars for a million tokens in, and out."""

    incoming: float
    outgoing: float


def prices(value: object) -> tuple[tuple[str, Price], ...]:
    """Read prices such as `gemini-3.5-flash-lite=0.10/0.40`."""
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if isinstance(value, tuple):
        return value
    return tuple(_price(part) for part in str(value).split(","))


def _price(part: str) -> tuple[str, Price]:
    match = _PRICE.fullmatch(part.strip())
    try:
        if match is not None:
            return match[1], Price(float(match[2]), float(match[3]))
    except ValueError:
        pass
    raise ValueError(
        "prices in USD for a million tokens in/out, apart by commas, such as "
        "gemini-3.5-flash-lite=0.10/0.40"
    )
