"""Add up what the database counted of some attempts."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from ..attempt import Outcome


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some times and what 95 of 100 stay below, in milliseconds."""

    median: int
    p95: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What some attempts come to.

    `turns` had one of them; in `failovers` of these another model took over and answered, in
    `all_failed` none did. `kinds` counts failures, those of skipped calls too. Times are of
    answers. Tokens are None where no provider told them, and `uncounted` counts answers that came
    without. `cost` is in US dollars, None where it is known of no call, and `unpriced` counts calls
    of which it isn't: without a price, or without tokens.
    """

    turns: int
    failovers: int
    all_failed: int
    calls: int
    skipped: int
    kinds: dict[str, int]
    first_token: Spread | None
    total: Spread | None
    tokens_in: int | None
    tokens_out: int | None
    tokens_cached: int | None
    tokens_reasoning: int | None
    uncounted: int
    cost: float | None
    unpriced: int

    @property
    def failover_rate(self) -> float:
        """Return the share of turns that failed over."""
        return self.failovers / self.turns if self.turns else 0.0


_TOKENS = ("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning")


@dataclass(slots=True)
class Tally:
    """A summary that grows."""

    turns: int = 0
    failovers: int = 0
    all_failed: int = 0
    calls: int = 0
    skipped: int = 0
    counted: int = 0
    uncounted: int = 0
    priced: int = 0
    unpriced: int = 0
    cost: float = 0
    kinds: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    first_token: Spread | None = None
    total: Spread | None = None
    times: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add_calls(self, row: Any) -> None:
        """Add attempts of one outcome and kind, as `LedgerSums.calls` gives them."""
        outcome = Outcome(row.outcome)  # type: ignore[call-arg]  # by its word
        self.calls += row.count if outcome.asked else 0
        self.skipped += 0 if outcome.asked else row.count
        if row.kind:
            self.kinds[row.kind] += row.count
        uncounted = row.count - row.counted if outcome.answered else 0
        self.counted += row.counted
        self.uncounted += uncounted
        for name in _TOKENS:
            self.tokens[name] += int(getattr(row, name) or 0)
        self.priced += row.priced
        self.cost += row.cost or 0
        self.unpriced += uncounted + row.unpriced

    def add_turns(self, count: int, gave_up: bool, failed_over: bool, lost: bool) -> None:
        """Add turns.

        Args:
            count: How many.
            gave_up: Whether a model was given up in them, here.
            failed_over: Whether another model answered in them.
            lost: Whether no model was left in them.
        """
        self.turns += count
        self.failovers += count if gave_up and failed_over else 0
        self.all_failed += count if gave_up and lost else 0

    def summary(self) -> Summary:
        """Return what it came to."""
        unknown = self.uncounted and not self.counted
        tokens = {name: None if unknown else self.tokens[name] for name in _TOKENS}
        return Summary(
            turns=self.turns,
            failovers=self.failovers,
            all_failed=self.all_failed,
            calls=self.calls,
            skipped=self.skipped,
            kinds=dict(sorted(self.kinds.items(), key=lambda kind: (-kind[1], kind[0]))),
            first_token=self.first_token,
            total=self.total,
            uncounted=self.uncounted,
            cost=None if self.unpriced and not self.priced else self.cost,
            unpriced=self.unpriced,
            **tokens,
        )
