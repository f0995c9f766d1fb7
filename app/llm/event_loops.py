"""Keep things that belong to one event loop, and run coroutines for synchronous callers.

A client of httpx works only on the loop that it was first used on. So each loop gets its
own, made once, and closed when the loop shuts down its asynchronous generators, which
`asyncio.run` always does.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from ..forking import Guard, at_fork, leave_to_parent

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Make a thing once for each event loop that asks.

    Args:
        make: Builds the thing; it may take long, so it runs in a thread.
        close: Frees it, on its own loop, when that loop ends.
    """

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[None]]) -> None:
        self._make = make
        self._close = close
        self._made: WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[asyncio.Task[T], list[AsyncGenerator[None]]]
        ] = WeakKeyDictionary()
        at_fork(self, after_in_child=PerLoop._renew)

    async def get(self) -> T:
        """Return the thing of the running loop; one that can't be made is tried again next time."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = (loop.create_task(self._begin()), [])
        task, keep = self._made[loop]
        try:
            thing = await asyncio.shield(task)
        except Exception:
            if self._made.get(loop, (None,))[0] is task:
                del self._made[loop]
            raise
        if not keep:
            ending = self._until_loop_ends(thing)
            keep.append(ending)
            await anext(ending)
        return thing

    async def close_here(self) -> None:
        """Free the thing of the running loop, if there is one."""
        _, keep = self._made.get(asyncio.get_running_loop(), (None, ()))
        for ending in keep:
            await ending.aclose()

    def _renew(self) -> None:
        """Leave loops and connections to the parent."""
        leave_to_parent(list(self._made.items()))
        self._made = WeakKeyDictionary()

    async def _begin(self) -> T:
        return await asyncio.to_thread(self._make)

    async def _until_loop_ends(self, thing: T) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            self._made.pop(asyncio.get_running_loop(), None)
            await self._close(thing)


class LoopThread:
    """One event loop on a daemon thread, for callers that have none."""

    def __init__(self) -> None:
        self._guard = Guard()
        self._loop: asyncio.AbstractEventLoop | None = None
        at_fork(self, after_in_child=LoopThread._renew)

    @property
    def started(self) -> bool:
        """Say whether anybody has used it."""
        return self._loop is not None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; an interrupt of the caller cancels it."""
        future = self.start(work)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine, and return its future at once."""
        return asyncio.run_coroutine_threadsafe(work, self._started())

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._guard:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=self._loop.run_forever, name="task-relay-models", daemon=True
                ).start()
            return self._loop

    def _renew(self) -> None:
        """Leave the loop to the parent: closing it would stop the parent's."""
        leave_to_parent(self._loop)
        self._loop = None


loop_thread = LoopThread()
"""The process's one loop for synchronous callers; its thread starts at the first use."""
