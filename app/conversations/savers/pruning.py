"""Keep few checkpoints of our own threads: those of earlier turns go when a turn begins."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Self

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from typing_extensions import override

from ...database import Heard
from .async_adapter import AsyncSaverAdapter
from .delta_channels import oldest_needed
from .own_threads import is_own

_ROOT = ""
_FORGET = ("delete", "delete_all")
"""LangGraph's documentation says the first, its server's adapter the second."""


def occupied(thread_id: str) -> ValueError:
    """Return the refusal of a copy onto a thread that holds something."""
    return ValueError(f"Thread {thread_id} has checkpoints already; nothing was copied.")


class ConversationSaver(AsyncSaverAdapter):
    """What our checkpointers add; in a class it stands before one of LangGraph's savers.

    A server's checkpointer serves every graph there. Only threads of our own graph are cut, and
    only their root namespace, which is all that our graph writes; whatever else is stored stays
    as one of LangGraph's savers would leave it. A checkpoint of a turn that waits or was cut off
    is never among those that go: it is the newest of its thread until the next turn begins.
    """

    keep: int
    """How many checkpoints of earlier turns a thread keeps."""

    failed: Heard
    """Is called each time that work on the conversations fails."""

    before_deletion: Callable[[str], object] | None = None
    """Is called with a thread before it is deleted: removes what else is kept of it."""

    @override
    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint; with the first one of a turn of ours, forget the old ones."""
        stored = super().put(config, checkpoint, metadata, new_versions)
        at_root = config["configurable"].get("checkpoint_ns", _ROOT) == _ROOT
        if at_root and metadata.get("source") == "input" and is_own(checkpoint):
            self.keep_newest(str(config["configurable"]["thread_id"]), self.keep + 1)
        return stored

    @override
    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget checkpoints of threads.

        Args:
            thread_ids: The threads.
            strategy: `delete` (or `delete_all`) forgets all of them; `keep_latest` keeps the
                newest of each namespace, and those that it is still built from.

        Raises:
            ValueError: The strategy is another word; nothing was forgotten.
        """
        if strategy not in (*_FORGET, "keep_latest"):
            raise ValueError(f"A strategy is delete or keep_latest, not {strategy!r}.")
        for thread_id in map(str, thread_ids):
            if strategy in _FORGET:
                self.delete_thread(thread_id)
            else:
                self._keep_latest(thread_id)

    def _keep_latest(self, thread_id: str) -> None:
        for namespace in self.namespaces(thread_id):
            where = {"thread_id": thread_id, "checkpoint_ns": namespace}
            if newest := self.get_tuple({"configurable": where}):
                needed = oldest_needed(newest, self.get_tuple)
                self.forget_before(thread_id, namespace, needed)

    @override
    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread and what was said in it, as a server or a host asks for it.

        A server also deletes, after each run without a thread, one that it made for it and that
        holds no checkpoint. Nobody asked for that, so the transcript stays.
        """
        if self.before_deletion is not None and self.namespaces(thread_id):
            self.before_deletion(thread_id)
        self.forget(thread_id)

    @override
    def with_allowlist(self, extra_allowlist: Collection[tuple[str, ...]]) -> Self:
        """Read types that a graph in this process declares, too.

        LangGraph asks for it in its strict mode. It would copy the saver, and the copy would keep
        connections that a fork or `close` ends.
        """
        self.serde = super().with_allowlist(extra_allowlist).serde
        return self

    def threads_of(self, owner: str) -> set[str]:
        """Return the threads that a user began, as their own checkpoints tell it."""
        return {key for key in self.thread_ids() if self.owner_of(key) == owner}

    def owner_of(self, thread_id: str) -> str | None:
        """Return the user who began a thread, as its checkpoints tell it; None if nobody did."""
        thread: RunnableConfig = {"configurable": {"thread_id": thread_id, "checkpoint_ns": _ROOT}}
        newest = self.get_tuple(thread)
        owner = None if newest is None else _owner_at(newest)
        if newest is None or owner is not None:
            return owner
        return next(filter(None, map(_owner_at, self.list(thread))), None)

    @abstractmethod
    def thread_ids(self) -> Sequence[str]:
        """Return all threads."""

    @abstractmethod
    def keep_newest(self, thread_id: str, count: int) -> None:
        """Forget the older checkpoints of a thread's root namespace.

        Args:
            thread_id: The thread.
            count: How many of the newest checkpoints stay.
        """

    @abstractmethod
    def namespaces(self, thread_id: str) -> Sequence[str]:
        """Return the namespaces in which a thread has checkpoints: the root's is empty."""

    @abstractmethod
    def forget_before(self, thread_id: str, namespace: str, checkpoint_id: str) -> None:
        """Forget the checkpoints of a namespace that are older than one of them.

        Args:
            thread_id: The thread.
            namespace: The namespace.
            checkpoint_id: The oldest that stays.
        """

    @abstractmethod
    def forget(self, thread_id: str) -> int:
        """Forget a thread; return how many checkpoints it had."""

    @override
    @abstractmethod
    def delete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget the checkpoints that some runs made."""

    @override
    @abstractmethod
    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all checkpoints of a thread, in every namespace, with what is pending.

        Args:
            source_thread_id: The thread; one that isn't there is copied to nothing.
            target_thread_id: The new thread.

        Raises:
            ValueError: The new thread has checkpoints already; nothing was copied.
        """


def _owner_at(found: CheckpointTuple) -> str | None:
    """Return the owner that a checkpoint of our graph tells; not every one does."""
    checkpoint = found.checkpoint
    owner: str | None = checkpoint["channel_values"].get("owner") if is_own(checkpoint) else None
    return owner
