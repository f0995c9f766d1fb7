"""Keep parent and child alive when the process forks: a prefork server, `multiprocessing`.

A child has the memory of its parent and none of its threads. So whatever holds a thread, a loop, a
lock, a connection or a queue says here, once, what is to be done with it: before the fork, and
after it in the parent and in the child. It is known weakly, and goes as it went before.

What the child may neither use nor close, since the parent still does, is left to the parent: it is
kept, so that nothing frees it.
"""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from weakref import ref

__all__ = ["PATIENCE", "Guard", "at_fork", "leave_to_parent"]

PATIENCE = 2.0
"""Seconds that a fork waits for work that is being done to be out of its way."""

_log = logging.getLogger("task_relay")  # imported first: its own locks are renewed before ours

T = TypeVar("T")
Step = Callable[[T], object] | None


@dataclass(frozen=True, slots=True)
class _Hooks:
    owner: ref[Any]
    works: bool
    before: Step[Any]
    after_in_parent: Step[Any]
    after_in_child: Step[Any]


class _Known(list[_Hooks]):
    """All hooks; those whose owners are gone go when there are twice as many as there were."""

    def __init__(self) -> None:
        self._most = 64

    def add(self, hooks: _Hooks) -> None:
        if len(self) >= self._most:
            self[:] = [known for known in self if known.owner() is not None]
            self._most = max(64, 2 * len(self))
        self.append(hooks)


_known = _Known()
_of_this_fork: list[_Hooks] = []
_registering = threading.Lock()
_left: list[object] = []


def at_fork(
    owner: T,
    *,
    before: Step[T] = None,
    after_in_parent: Step[T] = None,
    after_in_child: Step[T] = None,
    works: bool = False,
) -> None:
    """Say what is done with a thing when the process forks, for as long as it lives.

    Who works goes first, so that what it uses is free; the rest in the order of registration.

    Args:
        owner: The thing, which is known weakly.
        before: Called with it before the fork.
        after_in_parent: Called with it after the fork in the parent.
        after_in_child: Called with it after the fork in the child.
        works: Whether it has a thread that uses other things.
    """
    with _registering:
        _known.add(_Hooks(ref(owner), works, before, after_in_parent, after_in_child))


def leave_to_parent(thing: object) -> None:
    """Keep what the parent uses: freeing it in the child would close it there."""
    _left.append(thing)


class Guard:
    """A lock for short work, which nobody holds in a child."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        at_fork(self, after_in_child=Guard._renew)

    def __enter__(self) -> Self:
        """Take it."""
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self._lock.release()

    def _renew(self) -> None:
        self._lock = threading.Lock()


def _before() -> None:
    _registering.acquire()
    _of_this_fork[:] = sorted(_known, key=lambda hooks: not hooks.works)
    _each(lambda hooks: hooks.before)


def _after_in_parent() -> None:
    _each(lambda hooks: hooks.after_in_parent)
    _registering.release()


def _after_in_child() -> None:
    global _registering  # noqa: PLW0603 - the parent's may be held by a thread that is gone
    _registering = threading.Lock()
    _each(lambda hooks: hooks.after_in_child)


def _each(step_of: Callable[[_Hooks], Step[Any]]) -> None:
    for hooks in _of_this_fork:
        owner, step = hooks.owner(), step_of(hooks)
        if owner is None or step is None:
            continue
        try:
            step(owner)
        except Exception:  # noqa: BLE001 - the fork goes on, and so do the other things
            _log.exception("A fork went on without a step of %s", type(owner).__name__)


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(
        before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child
    )
