"""Make once what a process needs for the same settings, however many graphs it has."""

import asyncio
import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from ..clock import Clock, SystemClock
from ..conversations import ConversationSaver, ThreadKeys, Transcript, TurnLocks
from ..forking import Guard
from ..llm import Breakers, ModelChain, QuotaCounters, build_chain, failover_log, place_statuses
from ..settings import Settings
from ..tasks import Owner, TaskService
from ..telemetry import (
    Alerts,
    BreakerStanding,
    Ending,
    Ledger,
    LedgerEntry,
    LogFile,
    Prices,
    QuotaLeft,
    Recorder,
    open_metrics,
)
from ..tools import SignedInOnly, TaskTools
from .stores import Stores
from .tracing import send_traces

_log = logging.getLogger("task_relay")


class Container:
    """The log, the model chain and the databases of one set of settings.

    The log and the chain are made here, the databases at their first use.

    Args:
        settings: What to run with.
        clock: Where the time comes from.
        whole_process: Whether the process is ours, so that what other libraries warn of
            goes to our log as well.

    Raises:
        SettingsError: The log file can't be written.
    """

    def __init__(
        self, settings: Settings, clock: Clock | None = None, *, whole_process: bool = False
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        owner = SignedInOnly if settings.people_sign_in else Owner
        self.default_owner = owner(settings.user, ZoneInfo(settings.timezone))
        self._stores = Stores(settings, self.clock, failed=self._database_failed)
        self._turn_locks = self._stores.turn_locks()
        self._log_file = LogFile(
            settings.log_file, settings.log_level, settings.secrets, settings.log_format
        )
        self._log_file.attach(whole_process)
        self._whole_process = whole_process
        tools = TaskTools(lambda: self).all()
        self.alerts = Alerts(
            settings.alert_webhook_url, settings.alert_every, self._stores.alert_store, self.clock
        )
        self.breakers = Breakers(
            self._stores.breaker_store,
            self.clock,
            lease=_lease(settings),
            opened=self._tell_opened,
        )
        self.quotas = QuotaCounters(self._stores.quota_store, self.clock)
        self.chain = build_chain(settings, tools, self.breakers, self.quotas, self.clock)
        prices = Prices(settings.places, settings.llm_prices)
        self._metrics = open_metrics(os.environ)
        self.recorder = Recorder(self._stores.ledger, prices, self.clock, self._metrics.sinks)
        _tell_start(self.chain, settings)

    def note(self, entries: Sequence[LedgerEntry]) -> None:
        """Keep attempts in the ledger and tell metrics of them; nothing waits for it."""
        trace = self._metrics.here()
        self.recorder.note([replace(entry, trace=trace) for entry in entries])

    def turn_failed(self) -> None:
        """Tell metrics that a turn ended because a database failed."""
        self._metrics.turn_failed()

    def tasks(self) -> TaskService:
        """Return the task service; the first call opens the database and migrates it.

        Raises:
            DatabaseError: The database can't be used.
        """
        return self._stores.tasks()

    def transcript(self) -> Transcript:
        """Return the transcript of all threads; opens the database as `tasks` does."""
        return self._stores.transcript()

    def thread_keys(self) -> ThreadKeys:
        """Return what knows the keys of threads; opens the database as `tasks` does."""
        return self._stores.thread_keys()

    def check_database(self) -> None:
        """Read from the database.

        Raises:
            DatabaseError: It can't be used.
        """
        self._stores.breaker_store().load()

    async def model_states(self) -> dict[str, str]:
        """Return of each usable model of the chain whether its breaker lets calls through.

        `closed` and `half-open` do, `open` doesn't.
        """
        await self.breakers.refresh()
        states = place_statuses(self.chain, self.breakers.standings(), self.clock.now())
        return {status.provider: status.state.value for status in states}

    def ledger(self) -> Ledger:
        """Return where every model call is kept; opens the database as `tasks` does."""
        return self._stores.ledger()

    async def quotas_left(self) -> list[QuotaLeft]:
        """Return what is left of every quota that is known, after the answers of before.

        Opens the database as `tasks` does.
        """
        await self.quotas.settle()
        return await asyncio.to_thread(self._stores.quotas_left)

    def conversations(self) -> ConversationSaver:
        """Return the checkpointer of our own threads; the first call opens its database.

        Raises:
            DatabaseError: The database can't be used.
        """
        return self._stores.conversations()

    def turn_locks(self) -> TurnLocks:
        """Return what lets the turns of one thread run one after the other."""
        return self._turn_locks

    def close(self) -> None:
        """Close the databases and the log; clients close with their event loops.

        Those who are sent alerts, metrics and traces are waited for together, for two seconds.
        """
        ending = Ending()
        self.chain.close()
        ending.begin(self.alerts.close)
        self.breakers.close()
        self.quotas.close()
        self.recorder.close()
        ending.begin(self._metrics.close)
        if self._whole_process:
            ending.begin(send_traces)
        ending.wait()
        self._stores.close()
        self._log_file.detach()
        self._log_file.close()

    def _database_failed(self) -> None:
        self._metrics.database_failed()

    def _tell_opened(self, key: str, standing: BreakerStanding) -> None:
        if text := failover_log.opened_long(key, standing, self.clock.now()):
            self.alerts.send(text)


_shared: dict[Settings, Container] = {}
_sharing = Guard()


def shared_container(settings: Settings) -> Container:
    """Return the process's container for these settings."""
    with _sharing:
        if settings not in _shared:
            _shared[settings] = Container(settings)
        return _shared[settings]


def opened_container(settings: Settings) -> Container | None:
    """Return the process's container for these settings, if it was made already."""
    return _shared.get(settings)


def close_container(container: Container) -> None:
    """Close a container, so that who asks again gets a new one."""
    with _sharing:
        if _shared.get(container.settings) is container:
            del _shared[container.settings]
    container.close()


def _tell_start(chain: ModelChain, settings: Settings) -> None:
    models = [f"{place.name} ({place.model})" for place in chain.places]
    steps = " -> ".join([*models, *(["offline"] if settings.offline_fallback else [])])
    present = ", ".join(place.key_name for place in chain.places) or "none"
    absent = ", ".join(place.key_name for place in chain.missing) or "none"
    for note in settings.notes:
        _log.info("%s", note)
    _log.info("Chain: %s; keys present: %s; keys missing: %s", steps or "empty", present, absent)


def _lease(settings: Settings) -> float:
    """Return how long a probe may take at most, with a little to spare."""
    return settings.model_timeout * (settings.retry_in_place + 1) + 5
