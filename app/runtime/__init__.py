"""What a process holds while it runs: the container, stores and turns; and what is done to them.

Each file is loaded when one of its names is first used: a command that lists tasks needs the
stores and no more.
"""

from typing import TYPE_CHECKING

from .. import lazy_names

if TYPE_CHECKING:
    from .backup import back_up, database_exists, restore_backup
    from .container import Container, close_container, opened_container, shared_container
    from .health import Report, close_breakers, examine
    from .sign_in import SignIn, add_token, make_token, token_line
    from .stores import Stores
    from .tracing import tracing_holds
    from .turns import Graph, TurnRequest, Turns
    from .user_erasure import ErasedRows, ErasedThread, erase_thread, erase_user

__all__ = [
    "Container",
    "ErasedRows",
    "ErasedThread",
    "Graph",
    "Report",
    "SignIn",
    "Stores",
    "TurnRequest",
    "Turns",
    "add_token",
    "back_up",
    "close_breakers",
    "close_container",
    "database_exists",
    "erase_thread",
    "erase_user",
    "examine",
    "make_token",
    "opened_container",
    "restore_backup",
    "shared_container",
    "token_line",
    "tracing_holds",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "backup": ("back_up", "database_exists", "restore_backup"),
            "container": ("Container", "close_container", "opened_container", "shared_container"),
            "health": ("Report", "close_breakers", "examine"),
            "sign_in": ("SignIn", "add_token", "make_token", "token_line"),
            "stores": ("Stores",),
            "tracing": ("tracing_holds",),
            "turns": ("Graph", "TurnRequest", "Turns"),
            "user_erasure": ("ErasedRows", "ErasedThread", "erase_thread", "erase_user"),
        },
    )
