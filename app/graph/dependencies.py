"""Say what the graph's steps need of what was wired, and who is asking them."""

from collections.abc import Sequence
from typing import Protocol

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import get_runtime

from ..clock import Clock
from ..conversations import Transcript
from ..llm import ModelChain
from ..settings import Settings
from ..tasks import Owner, TaskService
from ..telemetry import Alerts, CallRecord
from ..tools import caller


class Dependencies(Protocol):
    """What the nodes need of what was wired."""

    settings: Settings
    clock: Clock
    chain: ModelChain
    default_owner: Owner
    alerts: Alerts

    def note(self, calls: Sequence[CallRecord]) -> None:
        """Keep model calls in the ledger and tell metrics of them; nothing waits for it."""

    def tasks(self) -> TaskService:
        """Return the task service, which opens its database at the first call."""

    def transcript(self) -> Transcript:
        """Return the transcript, which opens its database at the first call."""


class DependencySource(Protocol):
    """Gives the container of what was wired, which is made at the first use."""

    @property
    def container(self) -> Dependencies:
        """Return the container; slow the first time."""

    async def open_container(self) -> Dependencies:
        """Return the container without holding the event loop."""


def asking(container: Dependencies, config: RunnableConfig) -> Owner:
    """Return whose run this is.

    Raises:
        InputError: The user id or the time zone can't be used.
    """
    runtime = get_runtime()
    return caller(runtime.context, runtime.server_info, config, container.default_owner)
