"""What a thread remembers between turns and processes, and what was ever said in it.

The checkpointers know LangGraph and are loaded when they are first asked for, so that what only
reads the transcript starts fast.
"""

from typing import TYPE_CHECKING, Any

from app.conversations.failures import CONVERSATIONS_FILE, translated
from app.conversations.model import Entry, Role, Said, Thread
from app.conversations.transcript import Transcript
from app.conversations.turn_locks import TurnLocks, open_turn_locks

if TYPE_CHECKING:
    from app.conversations.opening import open_conversations
    from app.conversations.pruning import ConversationSaver

__all__ = [
    "CONVERSATIONS_FILE",
    "ConversationSaver",
    "Entry",
    "Role",
    "Said",
    "Thread",
    "Transcript",
    "TurnLocks",
    "open_conversations",
    "open_turn_locks",
    "translated",
]

_HOMES = {"open_conversations": "opening", "ConversationSaver": "pruning"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
