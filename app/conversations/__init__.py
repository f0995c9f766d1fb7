"""What a thread remembers between turns and processes, and what was ever said in it.

The checkpointer knows LangGraph and is loaded when it is first asked for, so that what only
reads the transcript starts fast.
"""

from typing import TYPE_CHECKING, Any

from app.conversations.failures import CONVERSATIONS_FILE, translated
from app.conversations.model import Entry, Role, Said, Thread
from app.conversations.transcript import Transcript
from app.conversations.turn_locks import TurnLocks, open_turn_locks

if TYPE_CHECKING:
    from app.conversations.checkpointer import open_conversations

__all__ = [
    "CONVERSATIONS_FILE",
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


def __getattr__(name: str) -> Any:
    if name != "open_conversations":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from app.conversations.checkpointer import open_conversations

    return open_conversations
