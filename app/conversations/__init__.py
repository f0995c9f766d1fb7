"""What a thread remembers between turns and processes."""

from app.conversations.opening import open_conversations, translated
from app.conversations.threaded import ThreadedSaver

__all__ = ["ThreadedSaver", "open_conversations", "translated"]
