"""Say what of a server belongs to whom: the rules for threads and runs."""

from typing import Any

from langgraph_sdk import Auth

from .authentication import auth
from .ownership import OWNER, Filter, mark, restricted_to


@auth.on.threads
async def own_threads(ctx: Auth.types.AuthContext, value: Any) -> Filter | None:
    """Let users see and change their own threads and the runs in them.

    Args:
        ctx: Who asks, and for what.
        value: What about it; its metadata is changed.
    """
    user = restricted_to(ctx.user)
    if user is None:
        return None
    if ctx.action in ("create", "update", "create_run"):
        mark(value, user)
    return {OWNER: user}
