"""Look whose a thread is, and how much comes in, before a run begins.

LangGraph merges a run's input into the thread and shows the state to who streams, before the
first step of the graph. By then a stranger would have read the conversation, or removed it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing
from typing import Any, Self

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config, merge_configs
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.graph.state import CompiledStateGraph
from typing_extensions import override

from ...database import is_of_database
from ...errors import InputError
from ...intake import IntakeLimits
from ...tasks import Owner
from ...tools import asking_user
from ..dependencies import Dependencies
from ..run_config import TURN_ENDS
from .intake import admitted, limits_of, refuse_updates
from .thread_owner import own_thread

_MOST_KNOWN = 10_000
_OF_A_SERVER = ("assistant_id", "graph_id", "langgraph_auth_user")
"""By what LangGraph tells a run of a server from another, in its `configurable`."""


class ThreadGuard:
    """Knows whose the threads are on which runs began here, so that each is looked up once.

    Args:
        container: Gives what it needs; slow the first time.
        open_container: Does so on an event loop.
    """

    def __init__(
        self,
        container: Callable[[], Dependencies],
        open_container: Callable[[], Awaitable[Dependencies]],
    ) -> None:
        self._container = container
        self._open_container = open_container
        self._owners: dict[str, str] = {}

    def check(self, saver: object, config: RunnableConfig, context: object) -> None:
        """Let a run through, or refuse it.

        Args:
            saver: What keeps the graph's threads, if it has one.
            config: The run's.
            context: The run's.

        Raises:
            ThreadOwnerError: The thread is another user's.
            InputError: It is somebody's, and the run's user id can't be used.
        """
        key = _key(saver, config)
        if key is not None and isinstance(saver, BaseCheckpointSaver):
            asking = _asking(context, config, self._container().default_owner)
            if self._owners.get(key) != asking:
                self._compare(key, _owner_in(saver, _root_of(key)), asking)

    async def acheck(self, saver: object, config: RunnableConfig, context: object) -> None:
        """Do `check` on an event loop.

        Args:
            saver: What keeps the graph's threads, if it has one.
            config: The run's.
            context: The run's.
        """
        key = _key(saver, config)
        if key is not None and isinstance(saver, BaseCheckpointSaver):
            container = await self._open_container()
            asking = _asking(context, config, container.default_owner)
            if self._owners.get(key) != asking:
                self._compare(key, await _aowner_in(saver, _root_of(key)), asking)

    def limits(self) -> IntakeLimits:
        """Return what a message may be at most."""
        return limits_of(self._container().settings)

    async def alimits(self) -> IntakeLimits:
        """Do `limits` on an event loop."""
        return limits_of((await self._open_container()).settings)

    def note_failure(self, error: Exception, config: RunnableConfig) -> None:
        """Tell metrics of a run that a database ended; turns of our own threads tell it themselves.

        Args:
            error: What ended it.
            config: The run's.
        """
        if is_of_database(error) and TURN_ENDS not in (config.get("configurable") or {}):
            self._container().turn_failed()

    def _compare(self, key: str, owner: str | None, asking: str | InputError) -> None:
        """Compare a thread's owner with who asks, and remember who it is."""
        if owner is None:
            return
        if isinstance(asking, InputError):
            raise asking
        own_thread(owner, asking)
        if len(self._owners) >= _MOST_KNOWN:
            self._owners.clear()
        self._owners[key] = owner


class GuardedGraph(CompiledStateGraph[Any, Any, Any, Any]):
    """A compiled graph on whose threads only their own users' runs begin.

    Args:
        guard: Knows whose the threads are.
        parts: What a compiled graph is made of.
    """

    def __init__(self, *, guard: ThreadGuard, **parts: Any) -> None:
        super().__init__(**parts)
        self.guard = guard

    @classmethod
    def of(cls, graph: CompiledStateGraph[Any, Any, Any, Any], guard: ThreadGuard) -> Self:
        """Return a compiled graph with a guard.

        Args:
            graph: The graph.
            guard: Knows whose the threads are.
        """
        parts = {name: part for name, part in vars(graph).items() if name != "__orig_class__"}
        return cls(guard=guard, **parts)

    @override
    def stream(
        self,
        input: Any,
        config: RunnableConfig | None = None,
        *,
        context: Any = None,
        **more: Any,
    ) -> Iterator[Any]:
        """Stream a run, as LangGraph does; the parameters are its own.

        Args:
            input: The run's input.
            config: The run's config.
            context: Who is asking.
            more: How to stream.

        Raises:
            ThreadOwnerError: The thread is another user's.
        """
        whole = self._config(config)
        try:
            self.guard.check(self.checkpointer, whole, context)
            taken = admitted(input, self.guard.limits(), nested=_is_part(whole))
            yield from super().stream(taken, config, context=context, **more)
        except Exception as error:
            self.guard.note_failure(error, whole)
            raise

    @override
    async def astream(
        self,
        input: Any,
        config: RunnableConfig | None = None,
        *,
        context: Any = None,
        **more: Any,
    ) -> AsyncIterator[Any]:
        """Do `stream` on an event loop.

        Args:
            input: The run's input.
            config: The run's config.
            context: Who is asking.
            more: How to stream.

        Raises:
            ThreadOwnerError: The thread is another user's.
        """
        whole = self._config(config)
        try:
            await self.guard.acheck(self.checkpointer, whole, context)
            taken = admitted(input, await self.guard.alimits(), nested=_is_part(whole))
            streaming: Any = super().astream(taken, config, context=context, **more)
            async with aclosing(streaming) as parts:
                async for part in parts:
                    yield part
        except Exception as error:
            self.guard.note_failure(error, whole)
            raise

    @override
    def bulk_update_state(self, config: RunnableConfig, supersteps: Any) -> RunnableConfig:
        """Edit a thread, as LangGraph does.

        Args:
            config: Which thread.
            supersteps: What is written, by whom.

        Raises:
            InputError: It is too much.
        """
        refuse_updates(supersteps, self.guard.limits())
        return super().bulk_update_state(config, supersteps)

    @override
    async def abulk_update_state(self, config: RunnableConfig, supersteps: Any) -> RunnableConfig:
        """Do `bulk_update_state` on an event loop.

        Args:
            config: Which thread.
            supersteps: What is written, by whom.

        Raises:
            InputError: It is too much.
        """
        refuse_updates(supersteps, await self.guard.alimits())
        return await super().abulk_update_state(config, supersteps)

    def _config(self, config: RunnableConfig | None) -> RunnableConfig:
        return ensure_config(merge_configs(self.config, config))


def _is_part(config: RunnableConfig) -> bool:
    """Say whether the graph runs as a part of a host's."""
    return bool((config.get("configurable") or {}).get("checkpoint_ns"))


def _key(saver: object, config: RunnableConfig) -> str | None:
    """Return the id of the thread that the graph has for itself; a part of another has none."""
    configurable = config.get("configurable") or {}
    if _is_part(config) or configurable.get("thread_id") is None:
        return None
    return str(configurable["thread_id"])


def _root_of(key: str) -> RunnableConfig:
    return {"configurable": {"thread_id": key, "checkpoint_ns": ""}}


def _owner_in(saver: BaseCheckpointSaver[Any], thread: RunnableConfig) -> str | None:
    """Return who began a thread; None where nobody did.

    The newest checkpoint doesn't say it where somebody went back to before the first turn.
    """
    newest = saver.get_tuple(thread)
    if newest is None or (owner := _owner_at(newest)) is not None:
        return None if newest is None else owner
    return next(filter(None, map(_owner_at, saver.list(thread))), None)


async def _aowner_in(saver: BaseCheckpointSaver[Any], thread: RunnableConfig) -> str | None:
    """Do `_owner_in` on an event loop."""
    newest = await saver.aget_tuple(thread)
    if newest is None or (owner := _owner_at(newest)) is not None:
        return None if newest is None else owner
    async for older in saver.alist(thread):
        if (owner := _owner_at(older)) is not None:
            return owner
    return None


def _owner_at(found: CheckpointTuple) -> str | None:
    owner: str | None = found.checkpoint["channel_values"].get("owner")
    return owner


def _asking(context: object, config: RunnableConfig, default: Owner) -> str | InputError:
    """Return who asks, or why that can't be told."""
    configurable = config.get("configurable") or {}
    server = next(filter(None, map(configurable.get, _OF_A_SERVER)), None)
    try:
        return asking_user(context, server, config, default)
    except InputError as error:
        return error
