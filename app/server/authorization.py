"""Say what of a server belongs to whom: the rules for threads and runs."""

from typing import Any

from langgraph_sdk import Auth

from ..errors import DatabaseError
from .authentication import auth
from .deleted_threads import drop_deleted
from .known_threads import owners_of
from .ownership import OWNER, Filter, mark, restricted_to


@auth.on.threads
async def own_threads(ctx: Auth.types.AuthContext, value: Any) -> Filter | None:
    """Let users see and change their own threads and the runs in them.

    Whose a thread is says the project's list of threads; where that doesn't have it, the
    metadata that this rule writes.

    Args:
        ctx: Who asks, and for what.
        value: What about it; its metadata is changed.

    Raises:
        Auth.exceptions.HTTPException: A thread is another user's; it looks as if there were none.
            Or the database can't say whose it is.
    """
    user = restricted_to(ctx.user)
    try:
        await drop_deleted()
        owners = {} if user is None else await owners_of(value)
    except DatabaseError as error:
        raise Auth.exceptions.HTTPException(status_code=503, detail=str(error)) from None
    if user is None:
        return None
    for thread, owner in owners.items():
        if owner not in (None, user):
            detail = f"Thread with ID {thread} not found"
            raise Auth.exceptions.HTTPException(status_code=404, detail=detail)
    if ctx.action in ("create", "update", "create_run"):
        mark(value, user)
    return {OWNER: user} if None in owners.values() or not owners else None
