"""Know which turn the running code belongs to, so that every log line can say it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_LENGTH = 12


@dataclass(frozen=True, slots=True)
class TurnIds:
    """Whose turn it is, in which thread, and which one."""

    user: str = ""
    thread: str = ""
    turn: str = ""


_current: ContextVar[TurnIds | None] = ContextVar("task_relay_turn", default=None)


def turn_id(message_id: str) -> str:
    """Return a turn's short name, from the id of the message that began it."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:_LENGTH]


def current_ids() -> TurnIds | None:
    """Return the turn that is running here; None outside of one."""
    return _current.get()


@contextmanager
def turn_context(ids: TurnIds) -> Iterator[None]:
    """Let what is logged inside belong to a turn."""
    before = _current.set(ids)
    try:
        yield
    finally:
        _current.reset(before)
