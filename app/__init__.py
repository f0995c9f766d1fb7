"""Task Relay: a task manager that you talk to and that keeps answering.

The names below are loaded when they are first used, so that `import app` costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.agent import build_graph, confirm, process_message
    from app.errors import (
        DatabaseError,
        InputError,
        SettingsError,
        TaskRefusal,
        TaskRelayError,
        ThreadOwnerError,
    )
    from app.reply import Reply
    from app.settings import Settings

__all__ = [
    "DatabaseError",
    "InputError",
    "Reply",
    "Settings",
    "SettingsError",
    "TaskRefusal",
    "TaskRelayError",
    "ThreadOwnerError",
    "build_graph",
    "confirm",
    "process_message",
]

_HOMES = {"build_graph": "agent", "confirm": "agent", "process_message": "agent"} | {
    "Reply": "reply",
    "Settings": "settings",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'app' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"app.{_HOMES.get(name, 'errors')}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
