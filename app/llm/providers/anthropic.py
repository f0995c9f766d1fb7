"""Anthropic, by its own SDK."""

import re
from collections.abc import Mapping
from typing import Any

from langchain_core.language_models import BaseChatModel

from ...settings import PlaceSettings, Settings
from ..declarations import ANY, NONE, BuiltIn, ToolSet
from ..messages import in_plain_strings
from ..plan import CallOptions
from ..wire import AnthropicFrames
from .adapter import NOT_FROM_THE_ENVIRONMENT, Client, ProviderAdapter, event_hooks, reveal
from .model_lists import Listing, ids
from .tool_declarations import functions, no_built_in, of_plain_objects, options


def _open(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open a client.

    LangChain's class shares one connection pool over all event loops, which breaks a second
    `asyncio.run`; so its client is put in place before it makes that one.
    """
    import anthropic
    from langchain_anthropic import ChatAnthropic

    key = reveal(place.api_key)
    own = {"x-api-key": key.get_secret_value(), "authorization": None}
    http = anthropic.DefaultAsyncHttpxClient(
        timeout=None,
        follow_redirects=False,
        event_hooks=event_hooks(settings, AnthropicFrames(), own),
    )
    client = anthropic.AsyncAnthropic(
        api_key=key.get_secret_value(),
        base_url=url,
        max_retries=0,
        timeout=anthropic.Timeout(None, connect=settings.connect_timeout),
        http_client=http,
    )
    model = ChatAnthropic(
        model_name=place.model,
        api_key=key,
        base_url=url,
        max_retries=0,
        max_tokens_to_sample=settings.max_output_tokens,
        stop=None,
        timeout=None,
        anthropic_proxy=None,
        **NOT_FROM_THE_ENVIRONMENT,
    )
    model.__dict__["_async_client"] = client
    return Client(model, client.close)


def _next_page(page: Mapping[str, Any]) -> Mapping[str, str] | None:
    if not page.get("has_more"):
        return None
    return {"limit": "1000", "after_id": page["last_id"]}


_BUILT_IN = re.compile(r"[a-z_]+_\d{8}")
"""How the types of Anthropic's own tools are called: with the day of their version."""


def _declare(tools: ToolSet) -> list[dict[str, Any]]:
    told = []
    for function in map(of_plain_objects, functions(tools)):
        parameters = function.pop("parameters")
        told.append({**function, "input_schema": parameters})
    return [*told, *(_built_in(each) for each in tools.built_in)]


def _built_in(tool: BuiltIn) -> dict[str, Any]:
    return dict(tool.tool if _BUILT_IN.fullmatch(tool.name) else no_built_in(tool))


def _choose(tools: ToolSet) -> dict[str, Any]:
    """Return which tool must be called, and whether one at most."""
    choice: dict[str, Any] = {"type": "auto"}
    if tools.choice in (ANY, NONE):
        choice["type"] = tools.choice
    elif tools.choice is not None:
        choice = {"type": "tool", "name": tools.sent.get(tools.choice, tools.choice)}
    if tools.parallel is not None and tools.choice != NONE:
        choice["disable_parallel_tool_use"] = not tools.parallel
    return {} if choice == {"type": "auto"} else {"tool_choice": choice}


def _options(asked: CallOptions, model: BaseChatModel) -> dict[str, Any]:
    """Return options; JSON of no schema can't be asked for but in words, and 1 is the warmest."""
    told = options(asked, model)
    if told.get("response_format", {}).get("type") == "json_object":
        del told["response_format"]
    if "temperature" in told:
        told["temperature"] = min(1.0, told["temperature"])
    return told


ADAPTER = ProviderAdapter(
    open=_open,
    shape=in_plain_strings,
    declare=_declare,
    choose=_choose,
    options=_options,
    listing=Listing(
        path="/v1/models",
        headers=lambda key: {"x-api-key": key, "anthropic-version": "2023-06-01"},
        names=ids,
        first_page=(("limit", "1000"),),
        next_page=_next_page,
    ),
)
