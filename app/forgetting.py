"""Remove everything that is kept of one user."""

from dataclasses import dataclass

from app.identity import conversation_key
from app.stores import Stores
from app.tasks import Owner

_MAIN = "main"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each kind were removed."""

    tasks: int
    events: int
    messages: int
    threads: int
    checkpoints: int
    calls: int


def forget(stores: Stores, owner: Owner) -> Forgotten:
    """Remove a user's tasks, their history, what they said, their threads, and model calls.

    The checkpoints go first and the list of threads last but for the tasks, so that a
    failure in between leaves a list by which it can be done again.

    Raises:
        DatabaseError: A database failed; what was removed by then is gone.
    """
    user_id = owner.user_id
    transcript, saver = stores.transcript(), stores.conversations()
    keys = {thread.key for thread in transcript.threads(user_id)}
    keys.add(conversation_key(user_id, _MAIN))
    checkpoints = sum(saver.forget(key) for key in keys)
    messages, threads = transcript.forget(user_id)
    calls = stores.ledger().forget(user_id)
    tasks, events = stores.archive().forget(owner)
    return Forgotten(tasks, events, messages, len(threads), checkpoints, calls)
