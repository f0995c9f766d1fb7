"""Say what the graph's nodes need of the container."""

from collections.abc import Sequence
from typing import Protocol

from ..clock import Clock
from ..conversations import Transcript
from ..llm import ModelChain
from ..settings import Settings
from ..telemetry import Alerts, LedgerEntry
from ..tools import TaskDependencies


class Dependencies(TaskDependencies, Protocol):
    """What the nodes need of the container, beside what the tools need."""

    settings: Settings
    clock: Clock
    chain: ModelChain
    alerts: Alerts

    def note(self, entries: Sequence[LedgerEntry]) -> None:
        """Keep attempts in the ledger and tell metrics of them; nothing waits for it."""

    def turn_failed(self) -> None:
        """Tell metrics that a turn ended because a database failed."""

    def transcript(self) -> Transcript:
        """Return the transcript, which opens its database at the first call."""
