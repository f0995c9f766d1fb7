"""Wire the parts together: settings in, a ready graph and `process_message` out."""

import asyncio
import logging
import threading
from functools import cache
from typing import Any
from weakref import WeakValueDictionary

from langchain_core.messages import AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from app.clock import Clock
from app.conversations import translated
from app.errors import DatabaseError, InputError, SettingsError, TaskRelayError
from app.graph import draw, reply_of
from app.identity import clean_thread_id, clean_user_id, conversation_key
from app.parts import Parts, forget_parts, shared_parts
from app.reply import Reply
from app.settings import Settings
from app.tools import Context, TaskTools

_log = logging.getLogger("app")

MAIN_THREAD = "main"
"""The thread of a user that is meant where nobody names one."""

_MOST_STEPS = 200

Graph = CompiledStateGraph[Any, Any, Any, Any]


class Agent:
    """A graph, and the parts under it, which are made at the first use.

    Args:
        settings: What to run with; read from the environment at the first use when None.
        clock: Where the time comes from; the machine's when None.
        whole_process: Whether the process is ours alone; see `Parts`.
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
        self._lock = threading.Lock()
        self._parts: Parts | None = None
        self._conversing: Graph | None = None
        self._turns: WeakValueDictionary[tuple[asyncio.AbstractEventLoop, str], asyncio.Lock] = (
            WeakValueDictionary()
        )

    @property
    def parts(self) -> Parts:
        """Return the parts; slow the first time.

        Raises:
            SettingsError: A setting is wrong.
        """
        with self._lock:
            if self._parts is None:
                settings = self._settings or Settings.load()
                if self._clock or self._whole_process:
                    self._parts = Parts(settings, self._clock, whole_process=self._whole_process)
                else:
                    self._parts = shared_parts(settings)
            return self._parts

    async def aparts(self) -> Parts:
        """Return the parts without holding the event loop, and with its clients open."""
        parts = await asyncio.to_thread(self._ready) if self._parts is None else self._parts
        await parts.chain.warm()
        return parts

    def graph(self, checkpointer: BaseCheckpointSaver[Any] | None = None) -> Graph:
        """Return the compiled graph; making it opens nothing."""
        return draw(self, TaskTools(self._ready)).compile(checkpointer=checkpointer, name="agent")

    async def process_message(
        self, user_id: object, message: str, thread_id: object = None
    ) -> Reply:
        """Answer one message; see `app.process_message`."""
        try:
            user = clean_user_id(user_id)
            thread = clean_thread_id(MAIN_THREAD if thread_id is None else thread_id)
        except InputError as error:
            return Reply(False, str(error), str(user_id), str(thread_id or MAIN_THREAD))
        try:
            return reply_of(await self._converse(user, thread, message), user, thread)
        except (SettingsError, DatabaseError):
            raise
        except TaskRelayError as error:
            return Reply(False, str(error), user, thread)
        except Exception:  # noqa: BLE001 - nobody should see a stack trace
            _log.exception("A turn of user %s stopped on a bug", user)
            return Reply(False, f"{_BUG} See the log: {self.parts.settings.log_file}", user, thread)

    def close(self) -> None:
        """Close what the parts have opened; a later use opens it again."""
        with self._lock:
            if self._parts is not None:
                forget_parts(self._parts)
            self._parts = self._conversing = None

    def _ready(self) -> Parts:
        return self.parts

    async def _converse(self, user: str, thread: str, message: str) -> list[AnyMessage]:
        parts = await self.aparts()
        graph = await asyncio.to_thread(self._conversing_graph)
        key = conversation_key(user, thread)
        config = RunnableConfig(configurable={"thread_id": key}, recursion_limit=_MOST_STEPS)
        async with self._turn_of(key):
            with translated(parts.settings.data_dir):
                state = await graph.ainvoke(
                    {"messages": [HumanMessage(_clean_text(message))]},
                    config,
                    context=Context(user_id=user),
                    durability="sync",
                )
        found: list[AnyMessage] = state["messages"]
        return found

    def _turn_of(self, key: str) -> asyncio.Lock:
        """Return the lock that lets the turns of one thread run one after the other."""
        where = (asyncio.get_running_loop(), key)
        with self._lock:
            return self._turns.setdefault(where, asyncio.Lock())

    def _conversing_graph(self) -> Graph:
        parts = self.parts
        parts.tasks()  # a broken database is told before a model is paid
        with self._lock:
            if self._conversing is None:
                self._conversing = self.graph(parts.conversations())
            return self._conversing


@cache
def default_agent() -> Agent:
    """Return the process's agent, whose settings come from its environment."""
    return Agent()


def build_graph(
    settings: Settings | None = None, *, checkpointer: BaseCheckpointSaver[Any] | None = None
) -> Graph:
    """Return the compiled graph, to call, or to nest in a graph of your own.

    State: `messages`. Context: `user_id` and `timezone`, both optional. Databases and
    clients open at the first run, once for all graphs of the same settings.

    Args:
        settings: What to run with; read from the environment when None.
        checkpointer: Keeps threads between runs. A thread belongs to the user who began
            it: another user's run on it raises `ThreadOwnerError`.

    Raises:
        SettingsError: A setting is wrong.
    """
    return Agent(settings or Settings.load()).graph(checkpointer)


async def process_message(
    user_id: str | int, message: str, thread_id: str | int | None = None
) -> Reply:
    """Answer one message of a user, and remember it in their thread.

    Args:
        user_id: Whose tasks and threads; text or a number.
        message: What they say.
        thread_id: Which of the user's threads; their thread `main` when None.

    Returns:
        The reply, also when every model failed or the message can't be used.

    Raises:
        SettingsError: A setting is wrong.
        DatabaseError: The database can't be used.
    """
    return await default_agent().process_message(user_id, message, thread_id)


_BUG = "Something broke inside, and this turn has stopped."


def _clean_text(message: object) -> str:
    """Keep text that every store and provider takes: no lone surrogates, no NUL."""
    return str(message).encode("utf-8", "replace").decode().replace("\0", "")
