"""What a host calls: a graph, and answers to messages, with the settings of the process."""

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from ..graph import Decision
from ..reply import Reply
from ..runtime import Graph
from ..settings import Settings
from .agent import AGENT_NAME, Agent, default_agent


def build_graph(
    settings: Settings | None = None,
    *,
    checkpointer: BaseCheckpointSaver[Any] | None = None,
    name: str = AGENT_NAME,
) -> Graph:
    """Return the compiled graph, to call, or to nest in a graph of your own.

    State: `messages`. Context: `user_id` and `timezone`, both optional. Databases and
    clients open at the first run, once for all graphs of the same settings.

    Args:
        settings: What to run with; read from the environment when None.
        checkpointer: Keeps threads between runs. A thread belongs to the user who began
            it: another user's run on it raises `ThreadOwnerError`.
        name: What a host's graph and its other agents call this one; its answers carry it, so
            two of them in one supervisor need two names.

    Raises:
        SettingsError: A setting is wrong.
    """
    return Agent(settings or Settings.load()).graph(checkpointer, name=name)


async def process_message(
    user_id: str | int, message: str, thread_id: str | int | None = None
) -> Reply:
    """Answer one message of a user, and remember it in their thread.

    Args:
        user_id: Whose tasks and threads; text or a number.
        message: What they say.
        thread_id: Which of the user's threads; their thread `main` when None.

    Returns:
        The reply, also when every model failed or the message can't be used.

    Raises:
        SettingsError: A setting is wrong.
        DatabaseError: The database can't be used.
    """
    return await default_agent().process_message(user_id, message, thread_id)


async def confirm(
    user_id: str | int, decision: Decision, thread_id: str | int | None = None
) -> Reply:
    """Answer the question in `Reply.confirmation`; what is approved is done, the rest is not.

    Args:
        user_id: Whose thread.
        decision: True approves everything, False declines everything, a text declines it with
            that as the reason. A list has one decision for each request: `{"type": "approve"}`,
            `{"type": "reject", "message": ...}`, or `{"type": "edit", "edited_action":
            {"name": ..., "args": ...}}`.
        thread_id: Which of the user's threads; their thread `main` when None.

    Returns:
        The reply, also when the thread waits for nothing; it may ask again.

    Raises:
        SettingsError: A setting is wrong.
        DatabaseError: The database can't be used.
    """
    return await default_agent().confirm(user_id, decision, thread_id)
