"""Say what a provider's file holds: how to open its client, and what it wants."""

import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from ...settings import Limit, PlaceSettings, Secret, Settings
from ..declarations import ToolSet
from ..messages import Recipient, looks_like_call
from ..plan import CallOptions
from ..wire import Frames, response_hook
from .model_lists import Listing
from .tool_declarations import bound, chosen, options, takes_images

if TYPE_CHECKING:
    import httpx


_log = logging.getLogger("task_relay.llm")


@dataclass(frozen=True, slots=True)
class Client:
    """An open chat model, how to close its connections, and its HTTP client, where it's ours."""

    model: BaseChatModel
    close: Callable[[], Awaitable[None]]
    http: "httpx.AsyncClient | None" = None

    def on_response(self, hear: Callable[[Mapping[str, str]], None]) -> None:
        """Let somebody hear the headers of every response, failures too.

        Whatever they hold, the answer below them is none the worse for it.
        """

        async def heard(response: "httpx.Response") -> None:
            try:
                hear(response.headers)
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                _log.warning("Headers of an answer can't be read: %s", error)

        if self.http is not None:
            self.http.event_hooks["response"].append(heard)


@dataclass(frozen=True, slots=True)
class RemainingQuota:
    """What a provider told of one quota with an answer: in all, left, and seconds until full."""

    limit: Limit
    left: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAdapter:
    """What a provider's file holds, as its `ADAPTER`.

    Clients never retry and keep no time limit but for connecting: the guards do the rest. Each
    is made for one event loop and closed on it.

    Attributes:
        open: Opens a client with what is set for a place, the address, and what is set for all.
        shape: Makes of a conversation what the provider accepts, for one recipient.
        declare: Makes of tools what the provider's API takes. It raises a `ValueError` that says
            why where a tool can't be told.
        listing: How it lists its models.
        choose: Says which tool must be called.
        bind: Binds declarations, and what `choose` said, to a model.
        options: Says what else is wanted of an answer.
        sees: Says whether a model sees images.
        read_quotas: Reads what is left of its quotas out of the headers of an answer; None
            where they don't tell.
    """

    open: Callable[[PlaceSettings, str, Settings], Client]
    shape: Callable[[Sequence[BaseMessage], Recipient], list[BaseMessage]]
    declare: Callable[[ToolSet], list[dict[str, Any]]]
    listing: Listing
    choose: Callable[[ToolSet], dict[str, Any]] = chosen
    bind: Callable[[BaseChatModel, Sequence[Any], Mapping[str, Any]], Any] = bound
    options: Callable[[CallOptions, BaseChatModel], dict[str, Any]] = options
    sees: Callable[[BaseChatModel], bool] = takes_images
    read_quotas: Callable[[Mapping[str, str]], list[RemainingQuota]] | None = None


def reveal(key: Secret | None) -> Any:
    """Hand a key to a client, which keeps it as pydantic's own secret."""
    from pydantic import SecretStr

    return SecretStr(key.reveal()) if key else None


_NEEDED = {"host", "content-length", "content-type", "accept", "connection"}
"""Headers without which no request is one."""

NOT_FROM_THE_ENVIRONMENT: Mapping[str, Any] = {"output_version": None}
"""What LangChain's classes would read from the environment, whatever the provider."""


def event_hooks(
    settings: Settings, frames: Frames, headers: Mapping[str, str | None]
) -> dict[str, list[Callable[..., Any]]]:
    """Return the hooks of a provider's httpx client: the connect limit, and the wire's reader.

    Args:
        settings: Hold the connect limit.
        frames: Reads the frames of the provider's API.
        headers: What its client might take from the environment, and must be so, or not be there.
    """
    return {
        "request": [connect_limit(settings), own_headers(headers)],
        "response": [response_hook(frames, looks_like_call)],
    }


def own_headers(
    headers: Mapping[str, str | None], environment: Mapping[str, str] = os.environ
) -> Callable[[Any], Awaitable[None]]:
    """Return a hook that lets the environment put no header into a request.

    Args:
        headers: What must be so; None must not be there.
        environment: Where an SDK may be told of more, a header a line (`..._CUSTOM_HEADERS`).
    """
    lines = [
        line
        for name, value in environment.items()
        if name.endswith("_CUSTOM_HEADERS")
        for line in value.splitlines()
    ]
    foreign = {line.partition(":")[0].strip().lower() for line in lines if ":" in line}

    async def set_own(request: Any) -> None:
        for name in foreign - _NEEDED - set(headers):
            request.headers.pop(name, None)
        for name, value in headers.items():
            if value is None:
                request.headers.pop(name, None)
            else:
                request.headers[name] = value

    return set_own


def connect_limit(settings: Settings) -> Callable[[Any], Awaitable[None]]:
    """Return a hook that limits connecting alone; some SDKs set no such limit per request."""

    async def limit(request: Any) -> None:
        timeout = dict(request.extensions.get("timeout") or {})
        request.extensions["timeout"] = timeout | {"connect": settings.connect_timeout}

    return limit
