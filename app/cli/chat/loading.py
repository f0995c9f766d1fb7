"""Load the model stack, which takes a second: at once, or while the person types."""

import asyncio
import gc
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from ...settings import Settings

if TYPE_CHECKING:
    from ...agent import Agent
    from ...runtime import Stores

_T = TypeVar("_T")


def load_agent(settings: Settings) -> "Agent":
    """Import the model stack and return an agent that is ready for its first turn.

    Without the garbage collector, which would look through half a million new objects again
    and again though none of them can go, this takes half the time.

    Raises:
        SettingsError: A setting is wrong.
    """
    gc.disable()
    try:
        from ...agent import Agent

        agent = Agent(settings, whole_process=True)
        agent.load()
        return agent
    finally:
        gc.enable()
        gc.freeze()


class Loading:
    """The stores first, then the agent, in a thread of their own.

    Args:
        settings: What to run with.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stores: Future[Stores] = Future()
        self._agent: Future[Agent] = Future()
        for future in (self._stores, self._agent):
            future.set_running_or_notify_cancel()

    @property
    def done(self) -> bool:
        """Say whether everything is loaded, or has failed."""
        return self._agent.done()

    @property
    def loaded(self) -> "Agent | None":
        """Return the agent where it is loaded; None before, and where it has failed."""
        if not self.done or self._agent.exception() is not None:
            return None
        return self._agent.result()

    def begin(self) -> None:
        """Begin; the process can end before it is done."""
        threading.Thread(target=self._load, name="task-relay-loading", daemon=True).start()

    @property
    def stores_done(self) -> bool:
        """Say whether the stores are loaded, or have failed."""
        return self._stores.done()

    def stores(self) -> "Stores":
        """Return the stores; wait for them.

        Raises:
            TaskRelayError: They can't be opened.
        """
        return self._stores.result()

    async def open_stores(self) -> "Stores":
        """Return the stores as `stores` does, without holding the event loop."""
        return await asyncio.shield(asyncio.wrap_future(self._stores))

    async def agent(self) -> "Agent":
        """Return the agent; wait for it. A caller that stopped waiting can ask again.

        Raises:
            TaskRelayError: A setting is wrong.
        """
        return await asyncio.shield(asyncio.wrap_future(self._agent))

    def close(self) -> None:
        """Close what is loaded; what isn't is waited for."""
        for future in (self._agent, self._stores):
            if future.exception() is None:
                future.result().close()

    def _load(self) -> None:
        _resolve(self._stores, self._open_stores)
        _resolve(self._agent, self._open_agent)

    def _open_stores(self) -> "Stores":
        from ...clock import SystemClock
        from ...runtime import Stores

        return Stores(self._settings, SystemClock())

    def _open_agent(self) -> "Agent":
        return load_agent(self._settings)


def _resolve(future: "Future[_T]", work: Callable[[], _T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
        future.set_exception(error)
