"""Gemini, by Google's own SDK."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel

from ...settings import PlaceSettings, Settings
from ..declarations import ANY, NONE, Function, ToolSet, as_gemini_schema
from ..messages import for_gemini
from ..plan import CallOptions
from ..wire import GeminiFrames
from .adapter import NOT_FROM_THE_ENVIRONMENT, Client, ProviderAdapter, event_hooks, reveal
from .model_lists import Listing
from .tool_declarations import functions, no_built_in, options

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


_BUILT_IN = frozenset(
    {
        *("google_search", "google_search_retrieval", "google_maps", "code_execution"),
        *("url_context", "computer_use", "file_search"),
        *("googleSearch", "googleSearchRetrieval", "googleMaps", "codeExecution"),
        *("urlContext", "computerUse", "fileSearch"),
    }
)
"""The tools of the Gemini API's own (its reference, `Tool`)."""


def _declare(tools: ToolSet) -> list[dict[str, Any]]:
    """Return functions in one `Tool` of the API, and each of its own tools in another."""
    told = [_declaration(each, tools.lenient) for each in functions(tools)]
    own = [
        dict(each.tool) if each.name in _BUILT_IN else no_built_in(each) for each in tools.built_in
    ]
    return [*([{"functionDeclarations": told}] if told else []), *own]


def _declaration(function: Function, lenient: bool) -> dict[str, Any]:
    """Return a function; parameters that Gemini's kind of schema can't tell go as JSON schema.

    Gemini leaves optional parameters out instead of sending null. So where the tools are lenient
    it isn't told that it might.
    """
    name, parameters = function["name"], function["parameters"]
    told: dict[str, Any] = {"name": name, "description": function["description"] or name}
    if not parameters["properties"] and set(parameters) <= _OF_NO_PROPERTIES:
        return told
    if (schema := as_gemini_schema(parameters)) is not None:
        for each in schema["properties"].values() if lenient else ():
            each.pop("nullable", None)
        return told | {"parameters": schema}
    return told | {"parametersJsonSchema": parameters}


_OF_NO_PROPERTIES = {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "title",
    "description",
}


class _Prepared(list[dict[str, Any]]):
    """Declarations as the API reads them. They never change, so a copy is the same list."""

    def __deepcopy__(self, memo: object) -> "_Prepared":
        return self


def _bind(model: BaseChatModel, tools: Sequence[Any], choice: Mapping[str, Any]) -> Any:
    """Bind declarations as a ready part of the request's body.

    Given as tools, they are copied, checked and written anew by the SDK for every call, which is
    a quarter of what a turn costs the processor. The SDK's `extra_body` takes them as they are.
    """
    from google.genai.types import HttpOptions, Tool

    told = [Tool.model_validate(each) for each in tools]
    if not told:
        return model
    ready = _Prepared(
        each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in told
    )
    return model.bind(http_options=HttpOptions(extra_body={"tools": ready}), **choice)


def _choose(tools: ToolSet) -> dict[str, Any]:
    """Return which function must be called; whether there may be several can't be told."""
    if tools.choice is None or not tools.functions:
        return {}
    names = [tools.sent[tools.choice]] if tools.choice in tools.sent else None
    mode = NONE if tools.choice == NONE else ANY
    config = {"mode": mode.upper()} | ({"allowed_function_names": names} if names else {})
    return {"tool_config": {"function_calling_config": config}}


def _options(asked: CallOptions, model: BaseChatModel) -> dict[str, Any]:
    told = options(asked, model)
    if "max_tokens" in told:
        told["max_output_tokens"] = told.pop("max_tokens")
    return told


ADAPTER = ProviderAdapter(
    open=_open,
    shape=for_gemini,
    declare=_declare,
    choose=_choose,
    bind=_bind,
    options=_options,
    listing=Listing(
        path="/v1beta/models",  # Gemini API reference, models.list
        headers=lambda key: {"x-goog-api-key": key},
        names=_names,
        first_page=(("pageSize", "1000"),),
        next_page=_next_page,
    ),
)
