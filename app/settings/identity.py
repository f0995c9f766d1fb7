"""Say what a user id and a thread id may be, and who signed in."""

import uuid
from typing import Any

from ..errors import InputError

_MAX_LENGTH = 200

BACKEND = "*"
"""The identity of a trusted backend: it speaks for the user that its run names."""

NOBODY = "anonymous"
"""What servers call somebody who did not sign in; it is nobody's identity."""


def clean_user_id(value: object) -> str:
    """Return the user id as text: `7`, `"7"` and `" 7 "` are one user.

    Raises:
        InputError: It is empty, too long, holds control characters, or is no text or number.
    """
    return _clean("user id", value)


def clean_thread_id(value: object) -> str:
    """Return the thread id as text, under the same rules as a user id."""
    return _clean("thread id", value)


def signed_in_user(user: object) -> str | None:
    """Return who signed in, or `BACKEND`; None where a server's user object stands for nobody.

    Args:
        user: What a server says of the asking user: an object or a dict with `identity` and
            perhaps `is_authenticated`, or None.
    """
    identity = field_of_user(user, "identity")
    known = field_of_user(user, "is_authenticated")
    if not identity or identity == NOBODY or (known is not None and not known):
        return None
    return str(identity)


def field_of_user(user: object, name: str) -> Any:
    """Return one field of a server's user object; None where it has none.

    Args:
        user: An object or a dict.
        name: The field.
    """
    if isinstance(user, dict):
        return user.get(name)
    try:
        return getattr(user, name, None)
    except NotImplementedError:  # Starlette's users without an identity
        return None


def is_uuid(key: str) -> bool:
    """Say whether a thread's key may be one of ours or of a LangGraph server."""
    try:
        uuid.UUID(key)
    except ValueError:
        return False
    return True


def _clean(what: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"A {what} must be text or a whole number, not {type(value).__name__}.")
    text = str(value).strip()
    if not text:
        raise InputError(f"A {what} must not be empty.")
    if len(text) > _MAX_LENGTH:
        raise InputError(f"A {what} has at most {_MAX_LENGTH} characters; this one {len(text)}.")
    if not text.isprintable():
        raise InputError(f"A {what} must be printable text on one line.")
    return text
