"""Anthropic, by its own SDK."""

from collections.abc import Mapping
from typing import Any

from ...settings import PlaceSettings, Settings
from ..messages import in_plain_strings
from ..wire import AnthropicFrames
from .adapter import NOT_FROM_THE_ENVIRONMENT, Client, ProviderAdapter, event_hooks, reveal
from .model_lists import Listing, ids
from .tool_declarations import declarations


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


ADAPTER = ProviderAdapter(
    open=_open,
    shape=in_plain_strings,
    declare=declarations,
    listing=Listing(
        path="/v1/models",
        headers=lambda key: {"x-api-key": key, "anthropic-version": "2023-06-01"},
        names=ids,
        first_page=(("limit", "1000"),),
        next_page=_next_page,
    ),
)
