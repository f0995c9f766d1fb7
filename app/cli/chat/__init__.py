"""The interactive chat, and one turn for scripts.

Each file is loaded when one of its names is first used: the prompt must be there before the rest.
"""

from typing import TYPE_CHECKING

from ... import lazy_names

if TYPE_CHECKING:
    from .conversation import Conversation
    from .history_file import history_path
    from .loading import Loading, load_agent
    from .one_turn import print_failure, take_one_turn
    from .session import ChatSession

__all__ = [
    "ChatSession",
    "Conversation",
    "Loading",
    "history_path",
    "load_agent",
    "print_failure",
    "take_one_turn",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "conversation": ("Conversation",),
            "history_file": ("history_path",),
            "loading": (
                "Loading",
                "load_agent",
            ),
            "one_turn": (
                "print_failure",
                "take_one_turn",
            ),
            "session": ("ChatSession",),
        },
    )
