"""Say whose a thread is: who begins it owns it, and nobody else can write that down."""

from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.channels import LastValue
from typing_extensions import override

from ...errors import ThreadOwnerError
from ...tasks import Owner
from ..run_config import owner_of

FOREIGN_THREAD = "This thread belongs to another user; use a thread of your own."


class Claim(str):
    """The user who begins a thread, as a step of the graph says it.

    Whatever a client or a host writes into a state is a plain text, or other JSON, and never this.
    """

    __slots__ = ()


class ThreadOwner(LastValue[str]):
    """The channel of a thread's owner: keeps the first claim, and takes nothing else."""

    __slots__ = ()

    @override
    def update(self, values: Sequence[Any]) -> bool:
        """Take a claim, if there is no owner yet."""
        claims = [value for value in values if isinstance(value, Claim)]
        if self.is_available() or not claims:
            return False
        return super().update([str(claims[0])])


def own_thread(owner: str | None, user_id: str) -> None:
    """Refuse a thread that another user began.

    Args:
        owner: Whose it is; None where nobody has begun it.
        user_id: Who asks.

    Raises:
        ThreadOwnerError: It is another user's.
    """
    if owner is not None and owner != user_id:
        raise ThreadOwnerError(FOREIGN_THREAD)


def claimed(state: Any, user_id: str) -> dict[str, Any]:
    """Return the change of the state that makes a thread a user's, where it is nobody's yet.

    A thread may be edited before its first turn, in the name of any step.

    Args:
        state: The conversation.
        user_id: Whose run this is.
    """
    return {} if state.get("owner") is not None else {"owner": Claim(user_id)}


def owner_in(state: Any, config: RunnableConfig, default: Owner) -> Owner:
    """Return whose run this is; a thread is taken up again by its own user only.

    Args:
        state: The conversation.
        config: The run's.
        default: Who is meant where the run names nobody.

    Raises:
        ThreadOwnerError: The thread is another user's.
        InputError: The user id or the time zone can't be used.
    """
    owner = owner_of(config, default)
    own_thread(state.get("owner"), owner.user_id)
    return owner
