"""Parts for an agent of a host's own: the task tools, and the question before large changes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from langchain_core.tools import BaseTool

from ..runtime import Container
from ..settings import Settings, clean_user_id
from ..tools import HostTools
from .agent import Agent

if TYPE_CHECKING:
    from langchain.agents.middleware import AgentMiddleware


def task_tools(
    settings: Settings | None = None, user_id: str | int | None = None
) -> list[BaseTool]:
    """Return the task tools, for an agent of your own.

    A refusal - a due that can't be read, an argument of a wrong type - is an error tool message.
    In a thread that a checkpointer keeps, a call of a message is carried out once, however often
    its step runs again. Nothing is asked before a large change: `confirm_large_changes` does that.

    Args:
        settings: What to run with; read from the environment when None.
        user_id: Whose tasks, always. None: the run's context or `configurable.user_id` says it,
            else the setting `APP_USER`.

    Raises:
        SettingsError: A setting is wrong.
        InputError: The user id can't be used.
    """
    return HostTools(*_of_host(settings, user_id)).all()


def confirm_large_changes(
    settings: Settings | None = None, user_id: str | int | None = None
) -> "AgentMiddleware[Any, Any, Any]":
    """Return a middleware for `create_agent` that asks before a turn changes many tasks.

    It pauses with an interrupt of the form of LangChain's human-in-the-loop middleware, from
    `CONFIRM_FROM` tasks on. Without a checkpointer nobody can be asked, so the change is declined.

    Args:
        settings: What to run with, as for `task_tools`.
        user_id: Whose tasks, as for `task_tools`.

    Raises:
        SettingsError: A setting is wrong.
        InputError: The user id can't be used.
    """
    from ..graph import ConfirmLargeChanges

    container, user = _of_host(settings, user_id)
    return ConfirmLargeChanges(container, HostTools(container, user), user)


def _of_host(
    settings: Settings | None, user_id: str | int | None
) -> tuple[Callable[[], Container], str | None]:
    """Return what opens the container, and whose tasks a host means."""
    agent = Agent(settings or Settings.load())
    return lambda: agent.container, None if user_id is None else clean_user_id(user_id)
