"""Say who sends a request to a LangGraph server or to Aegra."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from langgraph_sdk import Auth

from ..errors import TaskRelayError
from ..intake import IntakeLimits
from ..runtime import SignIn
from ..settings import NOBODY, Settings

auth = Auth()


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may come in, which web pages of other addresses may call, and how much at once.

    Attributes:
        sign_in: Who may come in.
        origins: The web pages.
        most_bytes: Of the body of a request.
    """

    sign_in: SignIn
    origins: tuple[str, ...]
    most_bytes: int = 100_000_000


@cache
def gate() -> Gate:
    """Return what the process's settings say; one for all that ask.

    Raises:
        SettingsError: A setting is wrong, or the people can't be read.
    """
    settings = Settings.load()
    limits = IntakeLimits(settings.max_message_chars, settings.max_attachment_bytes)
    return Gate(SignIn(settings), settings.cors_origins, limits.body)


@auth.authenticate
async def authenticate(headers: Mapping[Any, Any]) -> Auth.types.MinimalUserDict:
    """Return who sends a request; without sign-in a user that stands for nobody.

    Args:
        headers: The request's; LangGraph's server gives bytes, Aegra text.
    """
    try:
        sign_in = (await asyncio.to_thread(gate)).sign_in
        if not sign_in.needed:
            # Without `is_authenticated`: Aegra answers 401 where it is false. The name says it.
            return {"identity": NOBODY, "display_name": NOBODY}
        user = await sign_in.user_of(_text(headers, "authorization"), _text(headers, "x-api-key"))
    except TaskRelayError as error:
        raise Auth.exceptions.HTTPException(status_code=401, detail=str(error)) from None
    return {"identity": user, "display_name": user}


def _text(headers: Mapping[Any, Any], name: str) -> str | None:
    value = headers.get(name) or headers.get(name.encode())
    return value.decode("latin-1") if isinstance(value, bytes) else value
