"""Answer messages in the program's own threads: one turn after the other in each."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, StreamMode

from ..conversations import TurnLocks, translated
from ..errors import DatabaseError, InputError, SettingsError, TaskRelayError
from ..events import Event
from ..graph import (
    ASK_FIRST,
    MODES,
    THREAD_NAME,
    TURN_ENDS,
    Decision,
    answer_again,
    answer_to,
    events_of,
    reply_of,
)
from ..reply import Reply
from ..settings import clean_thread_id, clean_user_id
from ..telemetry import TurnIds, turn_context
from ..tools import Context
from .container import Container

_log = logging.getLogger("task_relay")

MAIN_THREAD = "main"
"""The thread of a user that is meant where nobody names one."""

_MOST_STEPS = 200
_LOCK_POLL = 0.03
"""Seconds between two tries to take the thread's lock from another process."""
_BUSY = "Another message in this thread is still being answered. Send yours again in a minute."
_BUG = "Something broke inside, and this turn has stopped."

Graph = CompiledStateGraph[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What one turn is to answer.

    Without a message, `decision` answers what the thread waits for; without that too, its
    last message is answered again. `ask_first` is the place in the model chain to begin with.
    """

    user_id: object
    thread_id: object
    message: str | None
    ask_first: str | None = None
    decision: Decision | None = None


class Turns:
    """The turns of one agent.

    Args:
        open_container: Gives the container, with its clients open.
        graph: Gives the graph over the program's own checkpointer; slow the first time.
    """

    def __init__(
        self, open_container: Callable[[], Awaitable[Container]], graph: Callable[[], Graph]
    ) -> None:
        self._open_container = open_container
        self._graph = graph
        self._locks: WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str], asyncio.Lock] = (
            WeakValueDictionary()
        )

    async def answer(self, request: TurnRequest) -> Reply:
        """Return the reply, also to what can't be used."""
        async with aclosing(self._turn(request, ())) as events:
            async for event in events:
                if isinstance(event, Reply):
                    return event
        raise AssertionError("a turn ends with a reply")

    def stream(self, request: TurnRequest) -> AsyncGenerator[Event]:
        """Yield what happens, and the reply last."""
        return self._turn(request, MODES)

    async def _turn(
        self, request: TurnRequest, modes: Sequence[StreamMode]
    ) -> AsyncGenerator[Event]:
        try:
            user = clean_user_id(request.user_id)
            thread = clean_thread_id(
                MAIN_THREAD if request.thread_id is None else request.thread_id
            )
        except InputError as error:
            thread = str(request.thread_id or MAIN_THREAD)
            yield Reply(False, str(error), str(request.user_id), thread)
            return
        try:
            async with aclosing(self._converse(user, thread, request, modes)) as events:
                async for event in events:
                    yield event
        except SettingsError:
            raise
        except DatabaseError:
            (await self._open_container()).turn_failed()
            raise
        except TaskRelayError as error:
            yield Reply(False, str(error), user, thread)
        except Exception:  # noqa: BLE001 - nobody should see a stack trace
            with turn_context(TurnIds(user, thread)):
                _log.exception("A turn of user %s stopped on a bug", user)
            log = (await self._open_container()).settings.log_file
            yield Reply(False, f"{_BUG} See the log: {log}", user, thread)

    async def _converse(
        self, user: str, thread: str, request: TurnRequest, modes: Sequence[StreamMode]
    ) -> AsyncGenerator[Event]:
        container = await self._open_container()
        ends = container.clock.monotonic() + container.settings.turn_timeout
        graph = await asyncio.to_thread(self._graph)
        key = await asyncio.to_thread(_key_of, container, user, thread)
        config = RunnableConfig(
            configurable={
                **{"thread_id": key, THREAD_NAME: thread},
                **{ASK_FIRST: request.ask_first, TURN_ENDS: ends},
            },
            recursion_limit=_MOST_STEPS,
        )
        state: Any = {}
        async with self._turn_of(key, container, ends):
            with translated(container.settings):
                stream = graph.astream(
                    await _graph_input(request, graph, config),
                    config,
                    context=Context(user_id=user),
                    durability="sync",
                    stream_mode=[*modes, "values"],
                )
                async for mode, part in stream:
                    if mode == "values":
                        state = part
                    for event in events_of(mode, part):
                        yield event
        yield reply_of(state, user, thread)

    @asynccontextmanager
    async def _turn_of(self, key: str, container: Container, ends: float) -> AsyncGenerator[None]:
        """Wait until no other turn runs in this thread, here or in another process.

        What is left of the turn's time then is for the answer, so some of it is kept.

        Args:
            key: The thread.
            container: What was wired.
            ends: When the turn must have ended, on the clock's monotonic scale.

        Raises:
            InputError: The others take too long.
        """
        here = self._locks.setdefault((asyncio.get_running_loop(), key), asyncio.Lock())
        locks, clock, settings = container.turn_locks(), container.clock, container.settings
        latest = ends - min(settings.first_token_timeout, settings.turn_timeout / 2)
        async with _held(here, latest - clock.monotonic()):
            while not await _try_lock(locks, key):
                if clock.monotonic() > latest:
                    raise InputError(_BUSY)
                await clock.sleep(_LOCK_POLL)
            try:
                yield
            finally:
                await asyncio.shield(asyncio.to_thread(locks.give_back, key))


@asynccontextmanager
async def _held(lock: asyncio.Lock, patience: float) -> AsyncGenerator[None]:
    """Hold a lock of this process.

    Args:
        lock: The lock.
        patience: How many seconds are waited for it.

    Raises:
        InputError: Others hold it for longer.
    """
    try:
        async with asyncio.timeout(max(0.0, patience)):
            await lock.acquire()
    except TimeoutError:
        raise InputError(_BUSY) from None
    try:
        yield
    finally:
        lock.release()


async def _try_lock(locks: TurnLocks, key: str) -> bool:
    """Try to take a lock; a cancelled caller leaves it free, though its worker thread goes on."""
    taking = asyncio.ensure_future(asyncio.to_thread(locks.take, key))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        if await taking:
            await asyncio.shield(asyncio.to_thread(locks.give_back, key))
        raise


def _key_of(container: Container, user: str, thread: str) -> str:
    """Return the checkpoint key of a user's thread."""
    with translated(container.settings):
        return container.thread_keys().key_of(user, thread)


async def _graph_input(request: TurnRequest, graph: Graph, config: RunnableConfig) -> Any:
    """Return the graph's input; its text is one that every store and provider takes.

    Raises:
        InputError: The thread waits for no decision, or has nothing to answer again.
    """
    if request.message is not None:
        text = str(request.message).encode("utf-8", "replace").decode().replace("\0", "")
        return {"messages": [HumanMessage(text)]}
    state = await graph.aget_state(config)
    if request.decision is None:
        return {"messages": answer_again(state.values)}
    if not state.interrupts:
        raise InputError("There is nothing to confirm: this thread waits for no decision.")
    return Command(resume=answer_to(state.interrupts[0].value, request.decision))
