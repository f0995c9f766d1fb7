"""Say what is known of one model call; no text of a message is."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call cost in tokens, as the provider counted them.

    `cached` are among `incoming`, `reasoning` among `outgoing`.
    """

    incoming: int
    outgoing: int
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One try at one model: a row of the ledger.

    `at` is when it began, `provider` the place in the chain, `position` counts from 0 along
    the chain. `kind` is the failure's; None for an answer. `exhausted` marks the try after
    which no language model was left. `cost` is in US dollars; None is unknown. `following`
    names the place that was asked next, and `trace` is the trace that it belongs to; both are
    told to metrics and not kept.
    """

    at: datetime
    user_id: str
    thread: str
    turn: str
    provider: str
    model: str
    position: int
    outcome: str
    kind: str | None = None
    exhausted: bool = False
    first_token_ms: int | None = None
    total_ms: int = 0
    tokens: Tokens | None = None
    cost: float | None = None
    following: str | None = None
    trace: Any = field(default=None, repr=False, compare=False)

    @property
    def answered(self) -> bool:
        """Say whether the model gave an answer that was used."""
        return self.outcome in ("answered", "repaired")

    @property
    def asked(self) -> bool:
        """Say whether the model was asked at all."""
        return self.outcome != "skipped"

    def priced(self, cost: float | None) -> "CallRecord":
        """Return the same call with its cost."""
        return replace(self, cost=cost)

    def last_hope(self) -> "CallRecord":
        """Return the same call, after which no language model was left."""
        return replace(self, exhausted=True)
