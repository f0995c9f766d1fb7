"""Remove everything that is kept of one user."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..conversations import TurnLocks
from ..errors import TaskRelayError
from ..settings import conversation_key
from ..tasks import Owner
from .stores import Stores

_MAIN = "main"
_BUSY = "A message of theirs is still being answered; nothing was removed. Try again in a minute."


@dataclass(frozen=True, slots=True)
class ErasedRows:
    """How many rows of each kind were removed."""

    tasks: int
    events: int
    messages: int
    threads: int
    checkpoints: int
    calls: int


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
    transcript, saver = stores.transcript(), stores.conversations()
    keys = {thread.key for thread in transcript.threads(user_id)} | saver.threads_of(user_id)
    keys.add(conversation_key(user_id, _MAIN))
    with _locked_threads(stores.turn_locks(), sorted(keys)):
        checkpoints = sum(saver.forget(key) for key in keys)
        messages, threads = transcript.forget(user_id)
        calls = stores.ledger().forget(user_id)
        tasks, events = stores.archive().forget(owner)
    return ErasedRows(tasks, events, messages, len(threads), checkpoints, calls)


@contextmanager
def _locked_threads(locks: TurnLocks, keys: Sequence[str]) -> Iterator[None]:
    """Hold the locks of threads; the end of a turn would bring back what is removed."""
    held: list[str] = []
    try:
        for key in keys:
            if not locks.take(key):
                raise TaskRelayError(_BUSY)
            held.append(key)
        yield
    finally:
        for key in held:
            locks.give_back(key)
