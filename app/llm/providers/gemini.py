"""Gemini, by Google's own SDK."""

from collections.abc import Mapping
from typing import Any

from ...settings import PlaceSettings, Settings
from ..messages import for_gemini
from ..wire import GeminiFrames
from .adapter import NOT_FROM_THE_ENVIRONMENT, Client, ProviderAdapter, event_hooks, reveal
from .model_lists import Listing
from .tool_declarations import declarations_of_one_type

_API_VERSION = "v1beta"
"""The version of the API that knows tools and thought signatures (Gemini API versions page)."""


def _open(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open a client; `max_retries` counts attempts here, and 0 would mean the default of six.

    LangChain's class opens Google's SDK by itself, where the environment may steer it: to
    Vertex, to aiohttp, to another version of the API. So it gets an SDK client that says all
    of that itself, in the place of its own.
    """
    import httpx
    from google.genai import Client as GoogleClient
    from google.genai.client import DebugConfig
    from google.genai.types import HttpOptions
    from langchain_google_genai import ChatGoogleGenerativeAI

    model = ChatGoogleGenerativeAI(
        model=place.model,
        google_api_key=reveal(place.api_key),
        base_url=url,
        vertexai=False,
        max_retries=1,
        max_output_tokens=settings.max_output_tokens,
        **NOT_FROM_THE_ENVIRONMENT,
    )
    own = {"x-goog-api-key": reveal(place.api_key).get_secret_value(), "authorization": None}
    http = httpx.AsyncClient(timeout=None, event_hooks=event_hooks(settings, GeminiFrames(), own))
    model.client = GoogleClient(
        vertexai=False,
        api_key=reveal(place.api_key).get_secret_value(),
        debug_config=DebugConfig(client_mode=""),
        http_options=HttpOptions(base_url=url, api_version=_API_VERSION, httpx_async_client=http),
    )
    return Client(model, http.aclose, http)


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
