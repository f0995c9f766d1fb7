"""Wire everything together: settings in, a ready graph and answers out."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from functools import cache
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from ..clock import Clock
from ..events import Event
from ..forking import Guard
from ..graph import Decision, ThreadGuard, draw
from ..llm import PlaceStatus, place_statuses
from ..reply import Reply
from ..runtime import (
    Container,
    Graph,
    TurnRequest,
    Turns,
    close_container,
    shared_container,
)
from ..settings import Settings
from ..tools import TaskTools
from .relay_graph import RelayGraph

AGENT_NAME = "task_relay"
"""The name of the graph, and of its answers, where a host gives no other."""


class Agent:
    """A graph, and the container under it, which is made at the first use.

    Args:
        settings: What to run with; read from the environment at the first use when None.
        clock: Where the time comes from; the machine's when None.
        whole_process: Whether the process is ours alone; see `Container`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        clock: Clock | None = None,
        *,
        whole_process: bool = False,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._whole_process = whole_process
        self._lock = Guard()
        self._container: Container | None = None
        self._turn_graph: Graph | None = None
        self._turns = Turns(self.open_container, self._open_turn_graph)

    @property
    def container(self) -> Container:
        """Return the container; slow the first time.

        Raises:
            SettingsError: A setting is wrong.
        """
        with self._lock:
            if self._container is None:
                settings = self._settings or Settings.load()
                if self._clock or self._whole_process:
                    self._container = Container(
                        settings, self._clock, whole_process=self._whole_process
                    )
                else:
                    self._container = shared_container(settings)
            return self._container

    async def open_container(self) -> Container:
        """Return the container with its clients open, without holding the event loop."""
        container = (
            await asyncio.to_thread(self._ready) if self._container is None else self._container
        )
        await container.chain.warm()
        return container

    def graph(
        self, checkpointer: BaseCheckpointSaver[Any] | None = None, *, name: str = AGENT_NAME
    ) -> Graph:
        """Return the compiled graph; making it opens nothing.

        Args:
            checkpointer: Keeps threads between runs.
            name: What hosts and their other agents call it; its answers carry it.
        """
        graph = draw(self._ready, self.open_container, TaskTools(self._ready), name)
        guard = ThreadGuard(self._ready, self.open_container)
        return RelayGraph.of(graph.compile(checkpointer=checkpointer, name=name), guard)

    @asynccontextmanager
    async def checkpointer(self) -> AsyncGenerator[BaseCheckpointSaver[Any]]:
        """Give the checkpointer of our own threads, for a server that shares them with us."""
        yield await asyncio.to_thread(self._saver)

    async def process_message(
        self, user_id: object, message: str, thread_id: object = None
    ) -> Reply:
        """Answer one message of a user, and remember it in their thread.

        Args:
            user_id: Whose tasks and threads.
            message: What they say.
            thread_id: Which of their threads; the main one when None.

        Raises:
            SettingsError: A setting is wrong.
            DatabaseError: The database can't be used.
        """
        return await self._turns.answer(TurnRequest(user_id, thread_id, message))

    async def confirm(self, user_id: object, decision: Decision, thread_id: object = None) -> Reply:
        """Answer the question that a thread waits for.

        Args:
            user_id: Whose thread.
            decision: As in `app.confirm`.
            thread_id: Which of their threads; the main one when None.

        Raises:
            SettingsError: A setting is wrong.
            DatabaseError: The database can't be used.
        """
        return await self._turns.answer(TurnRequest(user_id, thread_id, None, decision=decision))

    async def stream(
        self,
        user_id: object,
        message: str | None,
        thread_id: object = None,
        ask_first: str | None = None,
        decision: Decision | None = None,
    ) -> AsyncGenerator[Event]:
        """Answer one message, and yield what happens on the way; the reply comes last.

        Args:
            user_id: Whose tasks and threads.
            message: What they say; None to answer their last message again. Tools that
                ran then are not run again.
            thread_id: Which of their threads.
            ask_first: The place in the model chain to begin with.
            decision: Without a message, the answer to what the thread waits for.

        Raises:
            SettingsError: A setting is wrong.
            DatabaseError: The database can't be used.
        """
        request = TurnRequest(user_id, thread_id, message, ask_first, decision)
        async with aclosing(self._turns.stream(request)) as events:
            async for event in events:
                yield event

    def load(self) -> None:
        """Load what the first turn needs: the container, and the providers' packages.

        Raises:
            SettingsError: A setting is wrong.
        """
        for place in self.container.chain.places:
            place.load()

    async def models(self) -> tuple[PlaceStatus, ...]:
        """Return the models of the chain in order, each with the state of its breaker."""
        container = await asyncio.to_thread(self._ready)
        await container.breakers.refresh()
        return place_statuses(
            container.chain, container.breakers.standings(), container.clock.now()
        )

    def close(self) -> None:
        """Close what the container has opened; a later use opens it again."""
        with self._lock:
            if self._container is not None:
                close_container(self._container)
            self._container = self._turn_graph = None

    def _ready(self) -> Container:
        return self.container

    def _saver(self) -> BaseCheckpointSaver[Any]:
        return self.container.conversations()

    def _open_turn_graph(self) -> Graph:
        container = self.container
        container.tasks()  # a broken database must stop the turn before a model call costs money
        with self._lock:
            if self._turn_graph is None:
                self._turn_graph = self.graph(container.conversations())
            return self._turn_graph


@cache
def default_agent() -> Agent:
    """Return the process's agent, whose settings come from its environment."""
    return Agent()
