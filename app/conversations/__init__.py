"""What a thread remembers between turns and processes, and what was ever said in it.

The checkpointers know LangGraph and are loaded when they are first asked for, so that what only
reads the transcript starts fast.
"""

from typing import TYPE_CHECKING

from .. import lazy_names
from .locks.turn_locks import TurnLocks, open_turn_locks
from .model import Role, Thread, TranscriptEntry, TranscriptMessage
from .storage_errors import CONVERSATIONS_FILE, translated
from .thread_keys import DeletedThread, ThreadKeys
from .transcript import Transcript

if TYPE_CHECKING:
    from .savers.opening import open_conversations
    from .savers.pruning import ConversationSaver

__all__ = [
    "CONVERSATIONS_FILE",
    "ConversationSaver",
    "DeletedThread",
    "Entry",
    "Role",
    "Said",
    "Thread",
    "ThreadKeys",
    "Transcript",
    "TranscriptEntry",
    "TranscriptMessage",
    "TurnLocks",
    "open_conversations",
    "open_turn_locks",
    "translated",
]

Entry = TranscriptEntry
Said = TranscriptMessage
"""Their names of before, for hosts that import them."""

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {"savers.opening": ("open_conversations",), "savers.pruning": ("ConversationSaver",)},
    )
