"""A week of model calls, the same every time: what the README's statistics are about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.settings import Settings
from app.telemetry import Attempt, LedgerEntry, Outcome, Prices, Tokens, TurnIds

TURNS = (14, 18, 22, 9, 25, 30, 12)
KINDS = ("rate_limit", "rate_limit", "unavailable", "rate_limit", "timeout")


def a_week(now: datetime) -> list[LedgerEntry]:
    """Return the attempts of seven days up to now, priced."""
    prices = Prices(Settings().places, ())
    days = enumerate(reversed(TURNS))
    entries = [each for back, turns in days for each in _day(now - timedelta(days=back), turns)]
    return [replace(each, cost=prices.cost(each.attempt)) for each in entries]


def _day(at: datetime, turns: int) -> Iterator[LedgerEntry]:
    for number in range(turns):
        ids = TurnIds(f"u{number % 3}", "main", f"{at:%d}{number}")
        made: Any = partial(Attempt, at=at)
        gemini = partial(made, place="gemini", model="gemini-3.5-flash-lite", position=0)
        groq = partial(made, place="groq", model="openai/gpt-oss-20b", position=1)
        answered: dict[str, Any] = {
            "outcome": Outcome.ANSWERED,
            "tokens": Tokens(1500 + 40 * number, 60 + 3 * number, cached=10 * number),
            "first_token_ms": 300 + 11 * number,
            "duration_ms": 700 + 41 * number,
        }
        if number % 6 != 5:
            yield LedgerEntry(attempt=gemini(**answered), ids=ids)
            continue
        kind = KINDS[number % 5]
        failed: dict[str, Any] = {"outcome": Outcome.FAILED, "kind": kind, "duration_ms": 250}
        yield LedgerEntry(attempt=gemini(**failed, following="groq"), ids=ids)
        if number == 29:
            yield LedgerEntry(attempt=groq(**failed), ids=ids, exhausted=True)
        else:
            yield LedgerEntry(attempt=groq(**answered), ids=ids)
