"""Keep the chat model of one place: open once for each event loop, bound once to each tool set."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from langchain_core.runnables import Runnable

from .event_loops import PerLoop
from .messages import CHARACTERS_A_TOKEN
from .plan import ToolSet
from .providers import Client, Place, open_client

_MOST_TOOL_SETS = 32
"""Tool sets whose declarations and bound models are kept for the next call."""


@dataclass(frozen=True, slots=True)
class DeclaredTools:
    """Tools as one provider is told of them.

    Attributes:
        declarations: What `bind_tools` gets.
        schemas: The JSON schemas of the parameters, by the tool's name.
        tokens: About how many tokens they add to each request.
    """

    declarations: list[dict[str, Any]]
    schemas: Mapping[str, Mapping[str, Any]]
    tokens: int


class BoundModels:
    """The chat model of one place, for all event loops and tool sets.

    Args:
        place: Whose model.
        on_headers: Hears the headers of every answer, where the client can tell them.
    """

    def __init__(self, place: Place, on_headers: Callable[[Mapping[str, str]], None]) -> None:
        self._place = place
        self._on_headers = on_headers
        self.declared = lru_cache(_MOST_TOOL_SETS)(self._declare)
        self._clients: PerLoop[_OpenClient] = PerLoop(self._open, _OpenClient.close)

    async def get(self, tools: ToolSet) -> Runnable[Any, Any]:
        """Return the model with these tools, open for the running loop.

        Raises:
            NotOpenedError: Its client can't be opened.
        """
        return await (await self._clients.get()).bound(tools)

    async def close_here(self) -> None:
        """Close the running loop's client."""
        await self._clients.close_here()

    def _open(self) -> "_OpenClient":
        client = open_client(self._place)
        client.on_response(self._on_headers)
        return _OpenClient(client, self.declared)

    def _declare(self, tools: ToolSet) -> DeclaredTools:
        declarations = self._place.adapter.declare(tools.tools)
        schemas = {
            each["function"]["name"]: each["function"]["parameters"] for each in declarations
        }
        tokens = round(len(json.dumps(declarations)) / CHARACTERS_A_TOKEN)
        return DeclaredTools(declarations, schemas, tokens)


class _OpenClient:
    """A client of one event loop, and its model bound to tools."""

    def __init__(self, client: Client, declared: Callable[[ToolSet], DeclaredTools]) -> None:
        self._client = client
        self._declared = declared
        self._bound: dict[ToolSet, Runnable[Any, Any]] = {}

    async def bound(self, tools: ToolSet) -> Runnable[Any, Any]:
        """Return the model with these tools; binding takes a while, so it runs in a thread."""
        model = self._bound.get(tools)
        if model is None:
            model = await asyncio.to_thread(self._bind, tools)
            while len(self._bound) >= _MOST_TOOL_SETS:
                del self._bound[next(iter(self._bound))]
            self._bound[tools] = model
        return model

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _bind(self, tools: ToolSet) -> Runnable[Any, Any]:
        choice = {} if tools.choice is None else {"tool_choice": tools.choice}
        return self._client.model.bind_tools(self._declared(tools).declarations, **choice)
