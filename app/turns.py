"""Answer messages in the threads that we keep: one turn after the other in each."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import StreamMode

from app.conversations import translated
from app.errors import DatabaseError, InputError, SettingsError, TaskRelayError
from app.events import Event
from app.graph import ASK_FIRST, MODES, answer_again, events_of, reply_of
from app.identity import clean_thread_id, clean_user_id, conversation_key
from app.parts import Parts
from app.reply import Reply
from app.tools import Context

_log = logging.getLogger("app")

MAIN_THREAD = "main"
"""The thread of a user that is meant where nobody names one."""

_MOST_STEPS = 200
_BUG = "Something broke inside, and this turn has stopped."

Graph = CompiledStateGraph[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a thread; without a message, its last one is answered again.

    `ask_first` is the place in the model chain to begin with.
    """

    user_id: object
    thread_id: object
    message: str | None
    ask_first: str | None = None


class Turns:
    """The turns of one agent.

    Args:
        parts: Gives the parts, opened.
        graph: Gives the graph over our own checkpointer; slow the first time.
    """

    def __init__(self, parts: Callable[[], Awaitable[Parts]], graph: Callable[[], Graph]) -> None:
        self._parts = parts
        self._graph = graph
        self._locks: WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str], asyncio.Lock] = (
            WeakValueDictionary()
        )

    async def answer(self, asked: Asked) -> Reply:
        """Return the reply, also to what can't be used."""
        async with aclosing(self._turn(asked, ())) as events:
            async for event in events:
                if isinstance(event, Reply):
                    return event
        raise AssertionError("a turn ends with a reply")

    def stream(self, asked: Asked) -> AsyncGenerator[Event]:
        """Yield what happens, and the reply last."""
        return self._turn(asked, MODES)

    async def _turn(self, asked: Asked, modes: Sequence[StreamMode]) -> AsyncGenerator[Event]:
        try:
            user = clean_user_id(asked.user_id)
            thread = clean_thread_id(MAIN_THREAD if asked.thread_id is None else asked.thread_id)
        except InputError as error:
            thread = str(asked.thread_id or MAIN_THREAD)
            yield Reply(False, str(error), str(asked.user_id), thread)
            return
        try:
            async with aclosing(self._converse(user, thread, asked, modes)) as events:
                async for event in events:
                    yield event
        except (SettingsError, DatabaseError):
            raise
        except TaskRelayError as error:
            yield Reply(False, str(error), user, thread)
        except Exception:  # noqa: BLE001 - nobody should see a stack trace
            _log.exception("A turn of user %s stopped on a bug", user)
            log = (await self._parts()).settings.log_file
            yield Reply(False, f"{_BUG} See the log: {log}", user, thread)

    async def _converse(
        self, user: str, thread: str, asked: Asked, modes: Sequence[StreamMode]
    ) -> AsyncGenerator[Event]:
        parts = await self._parts()
        graph = await asyncio.to_thread(self._graph)
        key = conversation_key(user, thread)
        config = RunnableConfig(
            configurable={"thread_id": key, ASK_FIRST: asked.ask_first},
            recursion_limit=_MOST_STEPS,
        )
        state: Any = {}
        async with self._turn_of(key):
            with translated(parts.settings.data_dir):
                stream = graph.astream(
                    {"messages": await _said(asked.message, graph, config)},
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
        yield reply_of(state["messages"], user, thread)

    def _turn_of(self, key: str) -> asyncio.Lock:
        """Return the lock that lets the turns of one thread run one after the other."""
        return self._locks.setdefault((asyncio.get_running_loop(), key), asyncio.Lock())


async def _said(message: str | None, graph: Graph, config: RunnableConfig) -> list[BaseMessage]:
    """Return what goes into the thread; text that every store and provider takes."""
    if message is None:
        return answer_again((await graph.aget_state(config)).values)
    text = str(message).encode("utf-8", "replace").decode().replace("\0", "")
    return [HumanMessage(text)]
