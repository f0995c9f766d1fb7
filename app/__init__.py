"""Task Relay: a task manager that you talk to and that keeps answering.

The names below are loaded when they are first used, so that importing this costs nothing. The
package is called `app` in a checkout, where `task_relay` is a second name of the same modules,
and `task_relay` once it is installed.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .agent import (
        ChatRelay,
        build_graph,
        confirm,
        confirm_large_changes,
        process_message,
        task_tools,
    )
    from .errors import (
        DatabaseError,
        InputError,
        SettingsError,
        TaskRefusal,
        TaskRelayError,
        ThreadOwnerError,
    )
    from .llm import NoAnswerError
    from .reply import Reply
    from .settings import Settings

__all__ = [
    "ChatRelay",
    "DatabaseError",
    "InputError",
    "NoAnswerError",
    "Reply",
    "Settings",
    "SettingsError",
    "TaskRefusal",
    "TaskRelayError",
    "ThreadOwnerError",
    "build_graph",
    "confirm",
    "confirm_large_changes",
    "process_message",
    "task_tools",
]

PROGRAM: Final = "python -m app" if __name__ == "app" else "task-relay"
"""How a person starts the command line; a wheel has no `app`, or another program's."""


def lazy_names(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package whose names are loaded when they are first used.

    Args:
        package: The package's own `__name__`.
        homes: By module below the package, the names that it holds.
    """
    module_of = {name: module for module, names in homes.items() for name in names}

    def load(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f".{module_of[name]}", package), name)

    return load


def _refuse_a_second_engine() -> None:
    """Refuse to be loaded from two places: each would have breakers and databases of its own.

    Another package of the name `app` is welcome: only this one has the mark.

    Raises:
        ImportError: The package is loaded already, under its other name.
    """
    for other in {"app", "task_relay"} - {__name__}:
        loaded = vars(sys.modules[other]) if other in sys.modules else {}
        if loaded.get("_MARK") == _MARK and loaded is not globals():
            raise ImportError(
                f"Task Relay is loaded already, as {other!r} from {loaded['__file__']}. A second "
                f"one from {__file__} would keep settings, breakers and databases apart: import "
                "one of the two names only, or take one of the two installations away."
            )


_MARK = "Task Relay"
_refuse_a_second_engine()

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "agent": (
                "ChatRelay",
                "build_graph",
                "confirm",
                "confirm_large_changes",
                "process_message",
                "task_tools",
            ),
            "errors": [
                *("DatabaseError", "InputError", "SettingsError", "TaskRefusal"),
                *("TaskRelayError", "ThreadOwnerError"),
            ],
            "llm": ("NoAnswerError",),
            "reply": ("Reply",),
            "settings": ("Settings",),
        },
    )


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
