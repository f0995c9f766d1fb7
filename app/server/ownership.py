"""Say whose things a request may concern, and mark what is made as theirs."""

import sys
from typing import Any

from langgraph_sdk import Auth

from ..settings import BACKEND, signed_in_user
from .authentication import gate

Filter = dict[str, Any]
"""What the metadata of a thing must hold, as LangGraph's servers read it."""

OWNER = "owner"
"""Where the metadata of a thing says whose it is."""

MADE_BY_THE_SERVER: Filter = {"created_by": "system"}
"""What the assistants have that the server makes itself, one for each graph."""


def on_aegra() -> bool:
    """Say whether this process is Aegra's."""
    return "aegra_api" in sys.modules


def on_langgraph() -> bool:
    """Say whether this process is LangGraph's server; others may import parts of it."""
    return "langgraph_api.server" in sys.modules and not on_aegra()


def restricted_to(user: object) -> str | None:
    """Return whose things alone a request may concern; None where it may concern all.

    Args:
        user: What the server says of the asking user.

    Raises:
        Auth.exceptions.HTTPException: People must sign in, and this one hasn't.
    """
    signed_in = signed_in_user(user)
    if signed_in is None and gate().sign_in.needed:
        raise Auth.exceptions.HTTPException(status_code=403, detail="Sign in first.")
    return None if signed_in == BACKEND else signed_in


def mark(value: Any, user: str) -> None:
    """Write into the metadata of what is made or changed whose it is, whatever stands there.

    Args:
        value: What the server is about to make or change; its metadata is changed.
        user: Whose it is.
    """
    metadata = value.get("metadata")
    if metadata is None:
        value["metadata"] = metadata = {}
    metadata[OWNER] = user
    for name in MADE_BY_THE_SERVER:
        metadata.pop(name, None)
