"""Wire the parts together: settings in, a ready graph and `process_message` out.

This is the only place that knows all the rooms. Parts are made at the first use, once for
each `Agent`; `default_agent` keeps one for the process.
"""

import asyncio
import logging
import threading
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph
from sqlalchemy import Engine

from app.clock import Clock, SystemClock
from app.conversations import open_conversations, translated
from app.database import open_engine, upgrade
from app.errors import DatabaseError, InputError, SettingsError, TaskRelayError
from app.graph import ATTEMPTS, NO_MODEL, current_turn, draw, last_answer
from app.identity import clean_thread_id, clean_user_id, conversation_key
from app.llm import FAILED, MODEL, OFFLINE, PROVIDER, RAN_COMMAND, ModelChain, build_chain
from app.reply import Reply
from app.settings import Settings
from app.tasks import Owner, TaskService
from app.telemetry import LogFile
from app.tools import Context, TaskTools

_log = logging.getLogger("app")

MAIN_THREAD = "main"
"""The thread of a user that is meant where nobody names one."""

_MOST_STEPS = 200


class Agent:
    """The parts of the program and the graph over them.

    Args:
        settings: What to run with; read from the environment at the first use when None.
        clock: Where the time comes from.
        whole_process: Whether the process is ours, so that what other libraries warn of
            goes to our log as well.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        clock: Clock | None = None,
        *,
        whole_process: bool = False,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self._whole_process = whole_process
        self._settings = settings
        self._lock = threading.RLock()
        self._chain: ModelChain | None = None
        self._engine: Engine | None = None
        self._log_file: LogFile | None = None
        self._conversing: CompiledStateGraph[Any, Any, Any, Any] | None = None
        self._tools = TaskTools(self._tasks, lambda: self.default_owner)

    @property
    def settings(self) -> Settings:
        """Return the settings, which are read and checked at the first use."""
        with self._lock:
            if self._settings is None:
                self._settings = Settings.load()
            return self._settings

    @property
    def chain(self) -> ModelChain:
        """Return the model chain."""
        self.start()
        assert self._chain is not None
        return self._chain

    @property
    def default_owner(self) -> Owner:
        """Return the user and zone of the settings."""
        return Owner(self.settings.user, ZoneInfo(self.settings.timezone))

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """Return the names of the settings whose absence keeps a provider out of the chain."""
        return tuple(entry.key_name for entry in self.chain.missing)

    @property
    def has_model(self) -> bool:
        """Say whether the chain holds any language model."""
        return bool(self.chain.entries)

    def start(self) -> None:
        """Make the log and the chain, once."""
        with self._lock:
            if self._chain is None:
                settings = self.settings
                self._log_file = LogFile(settings.log_file, settings.log_level, settings.secrets)
                self._log_file.attach(self._whole_process)
                chain = build_chain(settings, self._tools.all(), self.clock)
                _tell_start(chain, settings)
                self._chain = chain

    async def astart(self) -> None:
        """Do `start` in a thread, and open the clients of the running loop."""
        if self._chain is None:
            await asyncio.to_thread(self.start)
        await self.chain.warm()

    def graph(
        self, checkpointer: BaseCheckpointSaver[Any] | None = None
    ) -> CompiledStateGraph[Any, Any, Any, Any]:
        """Return the compiled graph; making it opens nothing."""
        return draw(self, self._tools).compile(checkpointer=checkpointer, name="agent")

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
            messages = await self._converse(user, thread, message)
        except (SettingsError, DatabaseError):
            raise
        except TaskRelayError as error:
            return Reply(False, str(error), user, thread)
        except Exception:  # noqa: BLE001 - nobody should see a stack trace
            _log.exception("A turn of user %s stopped on a bug", user)
            return Reply(False, _bug_sentence(self.settings), user, thread)
        return _reply(current_turn(messages), user, thread)

    def close(self) -> None:
        """Close the database and the log; clients close with their event loops."""
        with self._lock:
            if self._chain is not None:
                self._chain.close()
            if self._engine is not None:
                self._engine.dispose()
            if self._conversing is not None:
                self._conversing.checkpointer.conn.close()  # type: ignore[union-attr]
            if self._log_file is not None:
                self._log_file.detach()
                self._log_file.close()
            self._engine = self._conversing = self._log_file = self._chain = None

    async def _converse(self, user: str, thread: str, message: str) -> list[AnyMessage]:
        await self.astart()
        graph = await asyncio.to_thread(self._conversing_graph)
        config = RunnableConfig(
            configurable={"thread_id": conversation_key(user, thread)},
            recursion_limit=_MOST_STEPS,
        )
        with translated(self._conversations_file):
            state = await graph.ainvoke(
                {"messages": [HumanMessage(_clean_text(message))]},
                config,
                context=Context(user_id=user),
                durability="sync",
            )
        found: list[AnyMessage] = state["messages"]
        return found

    def _conversing_graph(self) -> CompiledStateGraph[Any, Any, Any, Any]:
        with self._lock:
            if self._conversing is None:
                self._tasks()  # a broken database is told before a model is paid
                self._conversing = self.graph(open_conversations(self._conversations_file))
            return self._conversing

    @property
    def _conversations_file(self) -> Any:
        return self.settings.data_dir / "conversations.db"

    def _tasks(self) -> TaskService:
        with self._lock:
            if self._engine is None:
                engine = open_engine(self.settings.database_url)
                upgrade(engine)
                self._engine = engine
            return TaskService(self._engine, self.clock)


@cache
def default_agent() -> Agent:
    """Return the process's agent, whose settings come from its environment."""
    return Agent()


def build_graph(
    settings: Settings | None = None, *, checkpointer: BaseCheckpointSaver[Any] | None = None
) -> CompiledStateGraph[Any, Any, Any, Any]:
    """Return the compiled graph, to call, or to nest in a graph of your own.

    State: `messages`. Context: `user_id` and `timezone`, both optional. Databases and
    clients open at the first run.

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


def _reply(turn: list[AnyMessage], user: str, thread: str) -> Reply:
    answer = last_answer(turn)
    told = answer.response_metadata
    provider = told.get(PROVIDER)
    stranded = provider == OFFLINE and not any(
        message.response_metadata.get(RAN_COMMAND) for message in turn
    )
    return Reply(
        ok=not told.get(FAILED) and not stranded,
        reply=answer.text,
        user_id=user,
        thread_id=thread,
        provider=provider,
        model=told.get(MODEL),
        attempts=tuple(
            attempt for message in turn for attempt in message.response_metadata.get(ATTEMPTS, ())
        ),
        tool_calls=tuple(_tool_calls(turn)),
        no_model=stranded or told.get(FAILED) == NO_MODEL,
    )


def _tool_calls(turn: list[AnyMessage]) -> list[dict[str, Any]]:
    """Return each call of a turn with its result; results follow their calls in order."""
    calls: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    for message in turn:
        if isinstance(message, AIMessage):
            waiting = [
                {"name": call["name"], "args": call["args"], "result": None}
                for call in message.tool_calls
            ]
            calls += waiting
        elif isinstance(message, ToolMessage) and waiting:
            waiting.pop(0)["result"] = message.text
    return calls


def _tell_start(chain: ModelChain, settings: Settings) -> None:
    models = [f"{entry.provider} ({entry.model})" for entry in chain.entries]
    steps = " -> ".join([*models, *(["offline"] if settings.offline_fallback else [])])
    present = ", ".join(entry.key_name for entry in chain.entries) or "none"
    absent = ", ".join(entry.key_name for entry in chain.missing) or "none"
    _log.info("Chain: %s; keys present: %s; keys missing: %s", steps or "empty", present, absent)


def _clean_text(message: object) -> str:
    """Keep text that every store and provider takes: no lone surrogates, no NUL."""
    return str(message).encode("utf-8", "replace").decode().replace("\0", "")


def _bug_sentence(settings: Settings) -> str:
    return f"Something broke inside and this turn has stopped. See the log: {settings.log_file}"
