"""Ollama, models on a machine of one's own: by Ollama's own client."""

from ...settings import PlaceSettings, Settings
from ..messages import in_plain_strings
from ..wire import OllamaFrames
from .adapter import NOT_FROM_THE_ENVIRONMENT, Client, ProviderAdapter, event_hooks
from .model_lists import Listing, bearer
from .tool_declarations import declarations

_ROOM_FOR_TOOLS = 2048
"""Tokens that the declarations of tools and the prompt take beside the conversation."""


def _open(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open a client with a context that holds what it is sent; its own default cuts silently."""
    import httpx
    from langchain_ollama import ChatOllama

    context = None
    if place.max_input_tokens:
        context = place.max_input_tokens + _ROOM_FOR_TOOLS + settings.max_output_tokens
    key = f"Bearer {place.api_key.reveal()}" if place.api_key else None
    headers = {"authorization": key}
    model = ChatOllama(
        model=place.model,
        base_url=url,
        num_ctx=context,
        num_predict=settings.max_output_tokens,
        **NOT_FROM_THE_ENVIRONMENT,
        async_client_kwargs={
            "follow_redirects": False,
            "timeout": httpx.Timeout(None, connect=settings.connect_timeout),
            "event_hooks": event_hooks(settings, OllamaFrames(), headers),
        },
    )
    return Client(model, model._async_client.close)  # noqa: SLF001 - see test_private_names.py


ADAPTER = ProviderAdapter(
    open=_open,
    shape=in_plain_strings,
    declare=declarations,
    listing=Listing(
        path="/api/tags",
        headers=bearer,
        names=lambda page: [model["name"] for model in page.get("models") or ()],
    ),
)
