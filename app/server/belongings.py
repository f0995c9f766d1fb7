"""Say what of a server belongs to whom: the rules for the store, assistants and crons.

Where nobody signs in, and for a trusted backend, there are none. What has no rule at all is
closed to everybody else.
"""

from typing import Any

from langgraph_sdk import Auth

from .authentication import auth
from .ownership import MADE_BY_THE_SERVER, OWNER, Filter, mark, on_aegra, restricted_to

_NAMESPACES_OF_AEGRA = ("namespace_prefix", "prefix")


@auth.on
async def nothing_else(ctx: Auth.types.AuthContext, value: Any) -> bool:
    """Close what no rule is made for.

    Aegra 0.6.0 has a resource `runs`, for which no rule can be made; it keeps runs apart itself.

    Args:
        ctx: Who asks, and for what.
        value: What about it.
    """
    return restricted_to(ctx.user) is None or str(ctx.resource) == "runs"


@auth.on.store
async def own_part_of_the_store(ctx: Auth.types.AuthContext, value: Any) -> Filter | None:
    """Put the user before each namespace, so that everybody has a store of their own.

    LangGraph's server takes it from the value, which has one name for it, and would search items
    for what is returned. Aegra takes it from that; it has several names for it, and lets periods
    part the labels.

    Args:
        ctx: Who asks, and for what.
        value: What about it; its namespace is changed.
    """
    user = restricted_to(ctx.user)
    if user is None:
        return None
    name = next((name for name in _NAMESPACES_OF_AEGRA if name in value), "namespace")
    label, given = label_of(user), value.get(name) or ()
    labels = given.split(".") if isinstance(given, str) else given
    namespace = tuple(part for each in labels for part in str(each).split(".") if part)
    value[name] = namespace if namespace[:1] == (label,) else (label, *namespace)
    return {name: list(value[name])} if on_aegra() else None


@auth.on.assistants
async def own_assistants(ctx: Auth.types.AuthContext, value: Any) -> Filter | None:
    """Let users see the server's own assistants and theirs, and change theirs.

    Aegra shows nobody others' by itself; 0.6.0 fails where a rule says what to search for.

    Args:
        ctx: Who asks, and for what.
        value: What about it; its metadata is changed.
    """
    user = restricted_to(ctx.user)
    if user is None:
        return None
    own = {OWNER: user}
    if ctx.action in ("read", "search"):
        return None if on_aegra() else {"$or": [own, MADE_BY_THE_SERVER]}
    if ctx.action in ("create", "update"):
        mark(value, user)
    return own


@auth.on.crons
async def own_crons(ctx: Auth.types.AuthContext, value: Any) -> Filter | None:
    """Let users see and change their own crons.

    Args:
        ctx: Who asks, and for what.
        value: What about it; its metadata is changed.
    """
    user = restricted_to(ctx.user)
    if user is None:
        return None
    if ctx.action in ("create", "update"):
        mark(value, user)
    return {OWNER: user}


def label_of(user: str) -> str:
    """Return a user as the label of a namespace, which has no period; no two have the same."""
    return user.replace("%", "%25").replace(".", "%2E")
