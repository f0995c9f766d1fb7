"""Groq, by its own SDK."""

from ...settings import PlaceSettings, Settings
from ..messages.provider_shapes import in_plain_strings
from ..resilience.rate_limit_headers import groq_quotas
from .adapter import Client, ProviderAdapter, connect_limit, reveal
from .model_lists import Listing, bearer, ids
from .tool_declarations import declarations


def _open(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open a client; gpt-oss thinks little, or thinking eats the output tokens."""
    import httpx
    from langchain_groq import ChatGroq

    http = httpx.AsyncClient(timeout=None, event_hooks={"request": [connect_limit(settings)]})
    effort = {"reasoning_effort": "low"} if place.model.startswith("openai/gpt-oss") else {}
    model = ChatGroq(
        model=place.model,
        api_key=reveal(place.api_key),
        base_url=url,
        max_retries=0,
        max_tokens=settings.max_output_tokens,
        http_async_client=http,
        **effort,  # type: ignore[arg-type]
    )
    return Client(model, http.aclose, http)


ADAPTER = ProviderAdapter(
    open=_open,
    shape=in_plain_strings,
    declare=declarations,
    listing=Listing(path="/openai/v1/models", headers=bearer, names=ids),
    read_quotas=groq_quotas,
)
