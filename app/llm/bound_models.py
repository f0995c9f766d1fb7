"""Keep the chat model of one place: open once for each event loop, bound once to each tool set."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable

from .declarations import ToolSet
from .event_loops import PerLoop
from .messages import CHARACTERS_A_TOKEN
from .plan import AS_SET, CallOptions
from .providers import Client, Place, open_client

_MOST_TOOL_SETS = 32
"""Tool sets whose declarations and bound models are kept for the next call."""


@dataclass(frozen=True, slots=True)
class DeclaredTools:
    """Tools as one provider is told of them.

    Attributes:
        declarations: What its API gets.
        schemas: The JSON schemas of the parameters, by the name under which a tool is declared.
        own_names: Of each tool that is declared under another name than its own, that one.
        tokens: About how many tokens they add to each request.
    """

    declarations: list[dict[str, Any]]
    schemas: Mapping[str, Mapping[str, Any]]
    own_names: Mapping[str, str]
    tokens: int


@dataclass(frozen=True, slots=True)
class OpenModel:
    """A chat model that can be asked.

    Attributes:
        model: The model, with its tools.
        options: The keyword arguments of the call.
    """

    model: Runnable[Any, Any]
    options: Mapping[str, Any]


class BoundModels:
    """The chat model of one place, for all event loops and tool sets.

    Args:
        place: Whose model.
        on_headers: Hears the headers of every answer, where the client can tell them.
    """

    sees = False
    """Whether the model sees images; known once it is open."""

    def __init__(self, place: Place, on_headers: Callable[[Mapping[str, str]], None]) -> None:
        self._place = place
        self._on_headers = on_headers
        self.declared = lru_cache(_MOST_TOOL_SETS)(self._declare)
        self._clients: PerLoop[_OpenClient] = PerLoop(self._open, _OpenClient.close)

    async def get(self, tools: ToolSet, options: CallOptions = AS_SET) -> OpenModel:
        """Return the model with these tools, open for the running loop.

        Args:
            tools: What it may call.
            options: What else is wanted of its answer.

        Raises:
            NotOpenedError: Its client can't be opened.
        """
        client = await self._clients.get()
        adapter = self._place.adapter
        told = {} if options == AS_SET else adapter.options(options, client.model)
        if options.stop:
            told.setdefault("stop", list(options.stop))
        return OpenModel(await client.bound(tools), told)

    async def close_here(self) -> None:
        """Close the running loop's client."""
        await self._clients.close_here()

    def _open(self) -> "_OpenClient":
        client = open_client(self._place)
        client.on_response(self._on_headers)
        self.sees = self._place.adapter.sees(client.model)
        return _OpenClient(client, self._bind)

    def _bind(self, model: BaseChatModel, tools: ToolSet) -> Runnable[Any, Any]:
        adapter = self._place.adapter
        bound: Runnable[Any, Any] = adapter.bind(
            model, self.declared(tools).declarations, adapter.choose(tools)
        )
        return bound

    def _declare(self, tools: ToolSet) -> DeclaredTools:
        declarations = self._place.adapter.declare(tools)
        schemas = {tools.sent[each["name"]]: each["parameters"] for each in tools.functions}
        own = {str(b.tool["name"]): _ANYTHING for b in tools.built_in if b.tool.get("name")}
        renamed = {sent: name for name, sent in tools.sent.items() if sent != name}
        tokens = round(len(json.dumps(declarations, default=str)) / CHARACTERS_A_TOKEN)
        return DeclaredTools(declarations, schemas | own, renamed, tokens)


_ANYTHING: Mapping[str, Any] = {}


class _OpenClient:
    """A client of one event loop, and its model bound to tools."""

    def __init__(
        self, client: Client, bind: Callable[[BaseChatModel, ToolSet], Runnable[Any, Any]]
    ) -> None:
        self._client = client
        self._bind = bind
        self._bound: dict[ToolSet, Runnable[Any, Any]] = {}

    @property
    def model(self) -> BaseChatModel:
        """Return the chat model itself."""
        return self._client.model

    async def bound(self, tools: ToolSet) -> Runnable[Any, Any]:
        """Return the model with these tools; binding takes a while, so it runs in a thread."""
        model = self._bound.get(tools)
        if model is None:
            model = await asyncio.to_thread(self._bind, self.model, tools)
            while len(self._bound) >= _MOST_TOOL_SETS:
                del self._bound[next(iter(self._bound))]
            self._bound[tools] = model
        return model

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
