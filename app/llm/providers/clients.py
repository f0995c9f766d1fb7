"""Open the providers' clients, one function each.

Clients never retry and keep no time limit but for connecting: the guards do the rest. Each
is made for one event loop and closed on it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel

from ...settings import PlaceSettings, Secret, Settings

if TYPE_CHECKING:
    import httpx

OPENAI_URL = "https://api.openai.com/v1"
_ROOM_FOR_TOOLS = 2048
_NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class Client:
    """An open chat model, how to close its connections, and its HTTP client, where it's ours."""

    model: BaseChatModel
    close: Callable[[], Awaitable[None]]
    http: "httpx.AsyncClient | None" = None

    def on_response(self, hear: Callable[[Mapping[str, str]], None]) -> None:
        """Let somebody hear the headers of every response, failures too."""

        async def told(response: "httpx.Response") -> None:
            hear(response.headers)

        if self.http is not None:
            self.http.event_hooks["response"].append(told)


def open_gemini(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open Gemini; `max_retries` counts attempts there, and 0 would mean the default of six.

    Where aiohttp happens to be installed, Google's SDK takes it instead of httpx, whose
    hooks and errors we know; told that the client is ours, it stays with httpx.
    """
    from langchain_google_genai import ChatGoogleGenerativeAI

    model = ChatGoogleGenerativeAI(
        model=place.model,
        google_api_key=_reveal(place.api_key),
        base_url=url,
        vertexai=False,
        max_retries=1,
        max_output_tokens=settings.max_output_tokens,
        client_args={"event_hooks": {"request": [_connect_limit(settings)]}},
    )
    sdk: Any = model.client
    http = sdk._api_client._async_httpx_client
    sdk._api_client._http_options.httpx_async_client = http
    return Client(model, http.aclose)


def open_groq(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open Groq; gpt-oss thinks little, or thinking eats the output tokens."""
    import httpx
    from langchain_groq import ChatGroq

    http = httpx.AsyncClient(timeout=None, event_hooks={"request": [_connect_limit(settings)]})
    effort = {"reasoning_effort": "low"} if place.model.startswith("openai/gpt-oss") else {}
    model = ChatGroq(
        model=place.model,
        api_key=_reveal(place.api_key),
        base_url=url,
        max_retries=0,
        max_tokens=settings.max_output_tokens,
        http_async_client=http,
        **effort,  # type: ignore[arg-type]
    )
    return Client(model, http.aclose, http)


def open_openai(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open OpenAI, or any endpoint that speaks its chat completions.

    Others than OpenAI itself know only the older name of the output limit.
    """
    import openai
    from langchain_openai import ChatOpenAI

    http = openai.DefaultAsyncHttpxClient(timeout=None)
    more: dict[str, Any] = {"extra_body": {"max_tokens": settings.max_output_tokens}}
    if url == OPENAI_URL:
        more = {"max_completion_tokens": settings.max_output_tokens, "stream_usage": True}
        more |= _openai_effort(place.model)
    model = ChatOpenAI(
        model=place.model,
        api_key=_reveal(place.api_key or Secret(_NO_KEY)),
        base_url=url,
        max_retries=0,
        timeout=openai.Timeout(None, connect=settings.connect_timeout),
        stream_chunk_timeout=None,
        http_async_client=http,
        use_responses_api=False,
        **more,
    )
    return Client(model, http.aclose)


def open_anthropic(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open Anthropic.

    LangChain's class shares one connection pool over all event loops, which breaks a second
    `asyncio.run`; so its client is put in place before it makes that one.
    """
    import anthropic
    from langchain_anthropic import ChatAnthropic

    key = _reveal(place.api_key)
    client = anthropic.AsyncAnthropic(
        api_key=key.get_secret_value(),
        base_url=url,
        max_retries=0,
        timeout=anthropic.Timeout(None, connect=settings.connect_timeout),
    )
    model = ChatAnthropic(
        model_name=place.model,
        api_key=key,
        base_url=url,
        max_retries=0,
        max_tokens_to_sample=settings.max_output_tokens,
        stop=None,
        timeout=None,
    )
    model.__dict__["_async_client"] = client
    return Client(model, client.close)


def open_ollama(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open Ollama with a context that holds what it is sent; its own default cuts silently."""
    import httpx
    from langchain_ollama import ChatOllama

    context = None
    if place.max_input_tokens:
        context = place.max_input_tokens + _ROOM_FOR_TOOLS + settings.max_output_tokens
    headers = {"Authorization": f"Bearer {place.api_key.reveal()}"} if place.api_key else {}
    model = ChatOllama(
        model=place.model,
        base_url=url,
        num_ctx=context,
        num_predict=settings.max_output_tokens,
        client_kwargs={"headers": headers},
        async_client_kwargs={"timeout": httpx.Timeout(None, connect=settings.connect_timeout)},
    )
    return Client(model, model._async_client.close)


def _openai_effort(model: str) -> dict[str, str]:
    """Return how much a model of OpenAI may think.

    From GPT-5.1 on its chat completions take tools only where it doesn't think at all; the
    first GPT-5 always thinks a little.
    """
    if re.match(r"gpt-(5\.\d|[6-9])", model):
        return {"reasoning_effort": "none"}
    return {"reasoning_effort": "low"} if re.match(r"gpt-5(-mini|-nano)?$", model) else {}


def _connect_limit(settings: Settings) -> Callable[[Any], Awaitable[None]]:
    """Return a hook that limits connecting alone; the SDKs set no such limit per request."""

    async def limit(request: Any) -> None:
        timeout = dict(request.extensions.get("timeout") or {})
        request.extensions["timeout"] = timeout | {"connect": settings.connect_timeout}

    return limit


def _reveal(key: Secret | None) -> Any:
    """Hand a key to a client, which keeps it as pydantic's own secret."""
    from pydantic import SecretStr

    return SecretStr(key.reveal()) if key else None
