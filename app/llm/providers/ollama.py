"""Ollama, models on a machine of one's own: by Ollama's own client."""

import json
import re
from typing import Any

from langchain_core.language_models import BaseChatModel

from ...settings import PlaceSettings, Settings
from ..declarations import NONE, ToolSet
from ..messages import in_plain_strings
from ..plan import CallOptions
from ..wire import OllamaFrames
from .adapter import NOT_FROM_THE_ENVIRONMENT, Client, ProviderAdapter, event_hooks
from .model_lists import Listing, bearer
from .tool_declarations import declarations, options, without_strict

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


_TOLD = {"type", "items", "description", "enum"}
"""What Ollama's client passes on of a parameter's schema."""

_SEES = re.compile(r"vision|llava|bakllava|moondream|gemma3|-?vl\b|minicpm-v|llama4|pixtral")
"""Models that see images, by their names; to others an image is an error of the server."""


def _declare(tools: ToolSet) -> list[dict[str, Any]]:
    """Return tools; since no choice can be told, those that may not be called aren't declared.

    What the client would drop of a parameter's schema is told in its description.
    """
    told = without_strict(declarations(tools))
    if tools.choice == NONE:
        return []
    if name := tools.sent.get(tools.choice or ""):
        told = [each for each in told if each["function"]["name"] == name]
    for each in told:
        parameters = each["function"]["parameters"]
        parameters["properties"] = {
            name: _with_schema(schema) for name, schema in parameters["properties"].items()
        }
    return told


def _with_schema(schema: dict[str, Any]) -> dict[str, Any]:
    others = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(others) == 1:
        schema = {**others[0], **{key: schema[key] for key in schema if key != "anyOf"}}
    dropped = {key: value for key, value in schema.items() if key not in _TOLD}
    if not {"anyOf", "oneOf", "allOf", "properties", "additionalProperties", "const"} & set(
        dropped
    ):
        return schema
    words = f"{schema.get('description', '')} As JSON schema: {json.dumps(dropped)}".strip()
    return {**schema, "description": words}


def _options(asked: CallOptions, model: BaseChatModel) -> dict[str, Any]:
    """Return options; given with a call they take the place of all that the client has."""
    told = options(asked, model)
    own = {
        "num_ctx": getattr(model, "num_ctx", None),
        "num_predict": told.pop("max_tokens", getattr(model, "num_predict", None)),
        "temperature": told.pop("temperature", None),
        "stop": list(asked.stop) or None,
    }
    if own["temperature"] is not None or asked.max_tokens is not None:
        told["options"] = {name: value for name, value in own.items() if value is not None}
    return told


def _sees(model: BaseChatModel) -> bool:
    return bool(_SEES.search(str(getattr(model, "model", ""))))


ADAPTER = ProviderAdapter(
    open=_open,
    shape=in_plain_strings,
    declare=_declare,
    choose=lambda tools: {},
    options=_options,
    sees=_sees,
    listing=Listing(
        path="/api/tags",
        headers=bearer,
        names=lambda page: [model["name"] for model in page.get("models") or ()],
    ),
)
