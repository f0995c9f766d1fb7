"""Gemini, by Google's own SDK."""

from collections.abc import Mapping
from typing import Any

from ...settings import PlaceSettings, Settings
from ..messages import for_gemini
from .adapter import Client, ProviderAdapter, connect_limit, reveal
from .model_lists import Listing
from .tool_declarations import declarations_of_one_type


def _open(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open a client; `max_retries` counts attempts here, and 0 would mean the default of six.

    Where aiohttp happens to be installed, Google's SDK takes it instead of httpx, whose
    hooks and errors we know; told that the client is ours, it stays with httpx.
    """
    from langchain_google_genai import ChatGoogleGenerativeAI

    model = ChatGoogleGenerativeAI(
        model=place.model,
        google_api_key=reveal(place.api_key),
        base_url=url,
        vertexai=False,
        max_retries=1,
        max_output_tokens=settings.max_output_tokens,
        client_args={"event_hooks": {"request": [connect_limit(settings)]}},
    )
    sdk: Any = model.client
    http = sdk._api_client._async_httpx_client  # noqa: SLF001 - see test_private_names.py
    sdk._api_client._http_options.httpx_async_client = http  # noqa: SLF001 - see test_private_names.py
    return Client(model, http.aclose)


def _names(page: Mapping[str, Any]) -> list[str]:
    """Return the models that can chat; others embed or draw."""
    return [
        model["name"].removeprefix("models/")
        for model in page.get("models", ())
        if "generateContent" in model.get("supportedGenerationMethods", ("generateContent",))
    ]


def _next_page(page: Mapping[str, Any]) -> Mapping[str, str] | None:
    token = page.get("nextPageToken")
    return {"pageSize": "1000", "pageToken": token} if token else None


ADAPTER = ProviderAdapter(
    open=_open,
    shape=for_gemini,
    declare=declarations_of_one_type,
    listing=Listing(
        path="/v1beta/models",  # Gemini API reference, models.list
        headers=lambda key: {"x-goog-api-key": key},
        names=_names,
        first_page=(("pageSize", "1000"),),
        next_page=_next_page,
    ),
)
