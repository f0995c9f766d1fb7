"""What a thread remembers between turns and processes."""

from app.conversations.checkpointer import open_conversations, translated

__all__ = ["open_conversations", "translated"]
