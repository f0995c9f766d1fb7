"""Groq, by its own SDK."""

from collections.abc import Mapping
from typing import Any

from ...settings import Limit, PlaceSettings, Settings, Window
from ..declarations import BuiltIn, ToolSet
from ..failures import duration
from ..messages import in_plain_strings
from ..wire import ChatCompletionFrames
from .adapter import (
    NOT_FROM_THE_ENVIRONMENT,
    Client,
    ProviderAdapter,
    RemainingQuota,
    event_hooks,
    reveal,
)
from .model_lists import Listing, bearer, ids
from .tool_declarations import declarations, no_built_in, without_strict

_LARGEST = 2**53
"""Above every number that a quota can have, and below what databases and floats can hold."""

_WINDOWS = {"requests": Window.REQUESTS_A_DAY, "tokens": Window.TOKENS_A_MINUTE}
"""What Groq's header names mean, which don't say the time (its rate limits page)."""


def _open(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open a client; gpt-oss thinks little, or thinking eats the output tokens."""
    import httpx
    from langchain_groq import ChatGroq

    own = bearer(place.api_key.reveal() if place.api_key else "")
    http = httpx.AsyncClient(
        timeout=None, event_hooks=event_hooks(settings, ChatCompletionFrames(), own)
    )
    effort = {"reasoning_effort": "low"} if place.model.startswith("openai/gpt-oss") else {}
    model = ChatGroq(
        model=place.model,
        api_key=reveal(place.api_key),
        base_url=url,
        max_retries=0,
        max_tokens=settings.max_output_tokens,
        http_async_client=http,
        groq_proxy=None,
        **NOT_FROM_THE_ENVIRONMENT,
        **effort,  # type: ignore[arg-type]
    )
    return Client(model, http.aclose, http)


def quotas_in_headers(headers: Mapping[str, str]) -> list[RemainingQuota]:
    """Return what `x-ratelimit-*` headers tell; what can't be read is left out."""
    quotas = []
    for name, window in _WINDOWS.items():
        try:
            amount = int(headers[f"x-ratelimit-limit-{name}"])
            left = int(headers[f"x-ratelimit-remaining-{name}"])
            seconds = duration(headers[f"x-ratelimit-reset-{name}"])
        except (KeyError, ValueError):
            continue
        if 0 < amount < _LARGEST and 0 <= left < _LARGEST and seconds is not None:
            quotas.append(RemainingQuota(Limit(window, amount), left, seconds))
    return quotas


_BUILT_IN = ("browser_search", "code_interpreter")
"""Tools of Groq's own that its chat completions take (its built-in tools page)."""


def _declare(tools: ToolSet) -> list[dict[str, Any]]:
    return without_strict(declarations(tools, _built_in))


def _built_in(tool: BuiltIn) -> Mapping[str, Any]:
    told: Mapping[str, Any] = tool.tool if tool.name in _BUILT_IN else no_built_in(tool)
    return told


ADAPTER = ProviderAdapter(
    open=_open,
    shape=in_plain_strings,
    declare=_declare,
    listing=Listing(path="/openai/v1/models", headers=bearer, names=ids),
    read_quotas=quotas_in_headers,
)
