"""Hold what a chat knows of itself while it lasts."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ...clock import Clock, SystemClock
from ...settings import Settings
from ..output import Output
from .loading import Loading

if TYPE_CHECKING:
    from ...reply import Reply
    from ...runtime import Stores
    from ...tasks import Owner
    from ...telemetry import QuotaLeft


@dataclass(slots=True)
class ChatSession:
    """One person's chat: whose it is, in which thread, and which model is asked first.

    `last` is the reply that came last, `runner` the event loop of all turns.
    """

    settings: Settings
    user: str
    thread: str
    output: Output
    loading: Loading
    runner: asyncio.Runner
    clock: Clock = field(default_factory=SystemClock)
    ask_first: str | None = None
    last: "Reply | None" = None

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the person reads times."""
        return ZoneInfo(self.settings.timezone)

    @property
    def owner(self) -> "Owner":
        """Return whose tasks they are."""
        from ...tasks import Owner

        self.stores()
        return Owner(self.user, self.zone)

    @property
    def models(self) -> list[str]:
        """Return the places of the chain that can be asked, in order."""
        return [model.name for model in self.settings.places if model.usable]

    @property
    def missing_keys(self) -> list[str]:
        """Return the names of the settings whose absence keeps a place out of the chain."""
        return [model.key_name for model in self.settings.places if not model.usable]

    def stores(self) -> "Stores":
        """Return what is kept; no model is needed for it."""
        return self.loading.stores()

    def quotas_left(self) -> "list[QuotaLeft]":
        """Return what is left of the quotas, after the answers of this chat; no model is needed."""
        agent = self.loading.loaded
        if agent is None:
            return self.stores().quotas_left()
        return self.runner.run(agent.container.quotas_left())
