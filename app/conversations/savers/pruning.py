"""Keep few checkpoints: those of earlier turns go when a turn begins."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from typing_extensions import override

from .async_adapter import AsyncSaverAdapter


class ConversationSaver(AsyncSaverAdapter):
    """What our checkpointers add; in a class it stands before one of LangGraph's savers.

    A checkpoint of a turn that waits or was cut off is never among those that go: it is the
    newest of its thread until the next turn begins.
    """

    keep: int
    """How many checkpoints of earlier turns a thread keeps."""

    @override
    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; with the first one of a turn, forget the old ones."""
        stored = super().put(config, checkpoint, metadata, new_versions)
        if metadata.get("source") == "input":
            self.keep_newest(str(config["configurable"]["thread_id"]), self.keep + 1)
        return stored

    @override
    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all checkpoints of threads, or with `keep_latest` all but the newest."""
        for thread_id in thread_ids:
            if strategy == "delete_all":
                self.forget(str(thread_id))
            else:
                self.keep_newest(str(thread_id), 1)

    @override
    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread, as a server asks for it."""
        self.forget(thread_id)

    def threads_of(self, owner: str) -> set[str]:
        """Return the threads that a user began, as their own checkpoints tell it."""
        return {key for key in self.thread_ids() if self._owner_of(key) == owner}

    def _owner_of(self, thread_id: str) -> str | None:
        newest = self.get_tuple({"configurable": {"thread_id": thread_id}})
        owner: str | None = newest.checkpoint["channel_values"].get("owner") if newest else None
        return owner

    @abstractmethod
    def thread_ids(self) -> Sequence[str]:
        """Return all threads."""

    @abstractmethod
    def keep_newest(self, thread_id: str, count: int) -> None:
        """Forget the older checkpoints of a thread.

        Args:
            thread_id: The thread.
            count: How many of the newest checkpoints stay.
        """

    @abstractmethod
    def forget(self, thread_id: str) -> int:
        """Forget a thread; return how many checkpoints it had."""

    @override
    @abstractmethod
    def delete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget the checkpoints that some runs made."""
