"""Keep the attempts of one call in order, and tell those who watch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..telemetry import Attempt, LedgerEntry, TurnIds


@dataclass(slots=True)
class Attempts:
    """The attempts of one call.

    Attributes:
        on_attempt: Hears of each attempt as it ends.
        on_waiting: Hears of the attempt whose stated wait is sat out.
        on_asking_again: Hears of the last failure when nobody was left to follow it, and of the
            place that gets a second chance.
        on_asking: Hears of the place and the model that are being asked.
        made: The attempts so far, in order.
    """

    on_attempt: Callable[[Attempt], None] = lambda attempt: None
    on_waiting: Callable[[Attempt], None] = lambda attempt: None
    on_asking_again: Callable[[Attempt, str], None] = lambda attempt, place: None
    on_asking: Callable[[str, str], None] = lambda place, model: None
    made: list[Attempt] = field(default_factory=list)

    def add(self, attempt: Attempt) -> None:
        """Append an attempt that has ended."""
        self.made.append(attempt)
        self.on_attempt(attempt)

    def latest(self) -> list[Attempt]:
        """Return the last attempt at each place, in the order in which they were first tried."""
        return list({attempt.position: attempt for attempt in self.made}.values())


def last_failures(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Return how each model was given up at last, in the order of the chain."""
    last = {attempt.position: attempt for attempt in attempts if attempt.outcome.gave_up}
    return [last[position] for position in sorted(last)]


def ledger_entries(
    attempts: Sequence[Attempt], ids: TurnIds, *, answered: bool
) -> list[LedgerEntry]:
    """Return the attempts of a call as the ledger has them; the last says whether nobody was left.

    Args:
        attempts: The attempts, in order.
        ids: Whose call it was, in which thread and turn.
        answered: Whether a language model answered.
    """
    entries = [LedgerEntry(attempt=attempt, ids=ids) for attempt in attempts]
    ended = [attempt for attempt in attempts if attempt.outcome.gave_up]
    if ended and ended[-1].goes_over and ended[-1].following is None and not answered:
        entries[-1] = replace(entries[-1], exhausted=True)
    return entries
