"""Remove everything that is kept of one user, or of one of their threads."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..conversations import TurnLocks
from ..errors import TaskRelayError
from ..tasks import Owner
from .stores import Stores

_MAIN = "main"
_BUSY = "A message of theirs is still being answered; nothing was removed. Try again in a minute."
_BUSY_THREAD = (
    "A message in it is still being answered; nothing was removed. Try again in a minute."
)


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """How many rows of each kind were removed."""

    tasks: int
    events: int
    messages: int
    threads: int
    checkpoints: int
    calls: int


@dataclass(frozen=True, slots=True)
class ErasedThread:
    """How many messages and checkpoints of a thread were removed."""

    messages: int
    checkpoints: int


def erase_user(stores: Stores, owner: Owner) -> ErasedRows:
    """Remove a user's tasks, their history, what they said, their threads, and model calls.

    The checkpoints go first and the list of threads last but for the tasks, so that a
    failure in between leaves a list by which it can be done again. Threads that no list has,
    because an older version began them, hold the name of their user themselves.

    Args:
        stores: Where everything is kept.
        owner: Whose rows go.

    Raises:
        DatabaseError: A database failed; what was removed by then is gone.
        TaskRelayError: A message of theirs is being answered; nothing was removed.
    """
    user_id = owner.user_id
    transcript, saver, thread_keys = (
        stores.transcript(),
        stores.conversations(),
        stores.thread_keys(),
    )
    listed = {thread.key for thread in transcript.threads(user_id)}
    keys = {key for key in listed if thread_keys.owner_of(key) == user_id}
    keys |= saver.threads_of(user_id) | {thread_keys.key_of(user_id, _MAIN)}
    with _locked_threads(stores.turn_locks(), sorted(keys), _BUSY):
        checkpoints = {key: saver.forget(key) for key in keys}
        kept_there = [key for key, count in checkpoints.items() if count]
        messages, threads = transcript.forget(user_id, stores.clock.now(), kept_there)
        calls = stores.ledger().forget(user_id)
        tasks, events = stores.archive().forget(owner)
    return ErasedRows(tasks, events, messages, len(threads), sum(checkpoints.values()), calls)


def erase_thread(stores: Stores, owner: Owner, key: str) -> ErasedThread:
    """Remove what was said in a user's thread, and its checkpoints; tasks stay.

    Checkpoints of a thread that others share with them are not theirs to remove.

    Args:
        stores: Where everything is kept.
        owner: Whose thread.
        key: The thread's id for the checkpointer.

    Raises:
        DatabaseError: A database failed; what was removed by then is gone.
        TaskRelayError: A message in it is being answered; nothing was removed.
    """
    user_id, now = owner.user_id, stores.clock.now()
    with _locked_threads(stores.turn_locks(), [key], _BUSY_THREAD):
        mine = stores.thread_keys().owner_of(key) == user_id
        checkpoints = stores.conversations().forget(key) if mine else 0
        messages = stores.transcript().forget_thread(key, now, user_id)
    return ErasedThread(messages, checkpoints)


@contextmanager
def _locked_threads(locks: TurnLocks, keys: Sequence[str], busy: str) -> Iterator[None]:
    """Hold the locks of threads; the end of a turn would bring back what is removed.

    Args:
        locks: The locks.
        keys: The threads.
        busy: What to say where one is held.
    """
    held: list[str] = []
    try:
        for key in keys:
            if not locks.take(key):
                raise TaskRelayError(busy)
            held.append(key)
        yield
    finally:
        for key in held:
            locks.give_back(key)
