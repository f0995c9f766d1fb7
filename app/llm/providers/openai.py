"""OpenAI, and whoever offers its chat completions: by OpenAI's own SDK."""

import re
from typing import Any

from langchain_core.language_models import BaseChatModel

from ...settings import PlaceSettings, Secret, Settings
from ..messages import in_plain_strings
from ..plan import CallOptions
from ..wire import ChatCompletionFrames
from .adapter import NOT_FROM_THE_ENVIRONMENT, Client, ProviderAdapter, event_hooks, reveal
from .model_lists import Listing, bearer, ids
from .tool_declarations import declarations, options
from .usage import usage_where_it_is_told

_NO_KEY = Secret("none")


def _open(place: PlaceSettings, url: str, settings: Settings) -> Client:
    """Open a client.

    Others than OpenAI itself know only the older name of the output limit.
    """
    import openai
    from langchain_openai import ChatOpenAI

    secret = place.api_key or _NO_KEY
    own = dict.fromkeys(("openai-organization", "openai-project"))
    http = openai.DefaultAsyncHttpxClient(
        timeout=None,
        follow_redirects=False,
        event_hooks=event_hooks(
            settings, ChatCompletionFrames(), {**own, **bearer(secret.reveal())}
        ),
    )
    more: dict[str, Any] = {"extra_body": {"max_tokens": settings.max_output_tokens}}
    if url == place.provider.url:
        more = {"max_completion_tokens": settings.max_output_tokens} | _effort(place.model)
    model = usage_where_it_is_told(ChatOpenAI)(
        model=place.model,
        api_key=reveal(secret),
        base_url=url,
        max_retries=0,
        timeout=openai.Timeout(None, connect=settings.connect_timeout),
        stream_chunk_timeout=None,
        stream_usage=True,
        http_async_client=http,
        openai_proxy=None,
        use_responses_api=False,
        **NOT_FROM_THE_ENVIRONMENT,
        **more,
    )
    return Client(model, http.aclose)


def _effort(model: str) -> dict[str, str]:
    """Return how much a model of OpenAI may think.

    From GPT-5.1 on its chat completions take tools only where it doesn't think at all; the
    first GPT-5 always thinks a little.
    """
    if re.match(r"gpt-(5\.\d|[6-9])", model):
        return {"reasoning_effort": "none"}
    return {"reasoning_effort": "low"} if re.match(r"gpt-5(-mini|-nano)?$", model) else {}


def _options(asked: CallOptions, model: BaseChatModel) -> dict[str, Any]:
    """Return options; what LangChain's class has no plain way for goes into the body by itself."""
    told = options(asked, model)
    body = dict(getattr(model, "extra_body", None) or {})
    if "response_format" in told:  # as a parameter, the SDK would parse and judge the answer
        body["response_format"] = told.pop("response_format")
    if "max_tokens" in told:
        name = "max_tokens" if "max_tokens" in body else "max_completion_tokens"
        body[name] = told.pop("max_tokens")
    return told | ({"extra_body": body} if body else {})


ADAPTER = ProviderAdapter(
    open=_open,
    shape=in_plain_strings,
    declare=declarations,
    options=_options,
    listing=Listing(path="/models", headers=bearer, names=ids),
)
