"""Run a saver's plain methods in a thread, for callers with an event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ParamSpec, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
)
from typing_extensions import override

P = ParamSpec("P")
T = TypeVar("T")


class AsyncSaverAdapter(BaseCheckpointSaver[str]):
    """The asynchronous half of a saver whose plain methods may be called from any thread.

    The libraries' own asynchronous savers belong to one event loop; with this one a saver
    serves any number of loops and threads. Each method takes the arguments of its plain twin
    in `BaseCheckpointSaver`, and raises `DatabaseError` where the database fails.
    """

    conn: Any

    told: Callable[[], AbstractContextManager[None]] = nullcontext
    """Turns a database's errors into a sentence: a server shows people what comes from here."""

    def close(self) -> None:
        """Close what is open."""
        self.conn.close()

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def explained() -> T:
            with self.told():
                return work(*args, **kwargs)

        return await asyncio.to_thread(explained)

    @override
    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Do `get_tuple` in a thread."""
        return await self._in_thread(self.get_tuple, config)

    @override
    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Do `list` in a thread."""
        for checkpoint in await self._in_thread(
            lambda: list(self.list(config, filter=filter, before=before, limit=limit))
        ):
            yield checkpoint

    @override
    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Do `put` in a thread."""
        return await self._in_thread(self.put, config, checkpoint, metadata, new_versions)

    @override
    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Do `put_writes` in a thread."""
        await self._in_thread(self.put_writes, config, writes, task_id, task_path)

    @override
    async def adelete_thread(self, thread_id: str) -> None:
        """Do `delete_thread` in a thread."""
        await self._in_thread(self.delete_thread, thread_id)

    @override
    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Do `delete_for_runs` in a thread."""
        await self._in_thread(self.delete_for_runs, list(run_ids))

    @override
    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Do `prune` in a thread."""
        await self._in_thread(self.prune, thread_ids, strategy=strategy)

    @override
    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Do `copy_thread` in a thread."""
        await self._in_thread(self.copy_thread, source_thread_id, target_thread_id)

    @override
    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """Do `get_delta_channel_history` in a thread."""
        return await self._in_thread(
            self.get_delta_channel_history, config=config, channels=channels
        )
