"""A week of model calls, the same every time: what the README's statistics are about."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.settings import Settings
from app.telemetry import CallRecord, Prices, Tokens

TURNS = (14, 18, 22, 9, 25, 30, 12)
KINDS = ("rate_limit", "rate_limit", "unavailable", "rate_limit", "timeout")


def a_week(now: datetime) -> list[CallRecord]:
    """Return the calls of seven days up to now, priced."""
    prices = Prices(Settings().places, ())
    days = enumerate(reversed(TURNS))
    calls = [one for back, turns in days for one in _day(now - timedelta(days=back), turns)]
    return [one.priced(prices.cost(one)) for one in calls]


def _day(at: datetime, turns: int) -> Iterator[CallRecord]:
    for number in range(turns):
        turn = {"at": at, "user_id": f"u{number % 3}", "thread": "main", "turn": f"{at:%d}{number}"}
        tokens = Tokens(1500 + 40 * number, 60 + 3 * number, cached=10 * number)
        times = {"first_token_ms": 300 + 11 * number, "total_ms": 700 + 41 * number}
        gemini = {"provider": "gemini", "model": "gemini-3.5-flash-lite", "position": 0}
        groq = {"provider": "groq", "model": "openai/gpt-oss-20b", "position": 1}
        good = {"outcome": "answered", "tokens": tokens} | times
        if number % 6 != 5:
            yield CallRecord(**turn | gemini | good)  # type: ignore[arg-type]
            continue
        bad = {"outcome": "failed", "kind": KINDS[number % 5], "total_ms": 250}
        yield CallRecord(**turn | gemini | bad, following="groq")  # type: ignore[arg-type]
        if number == 29:
            yield CallRecord(**turn | groq | bad, exhausted=True)  # type: ignore[arg-type]
        else:
            yield CallRecord(**turn | groq | good)  # type: ignore[arg-type]
