"""Watch the private names of other packages that the providers' files use.

Each test says which attribute of which package has changed, and who needs it.
"""

import asyncio
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest

from app.llm.providers import Client, installed_places
from app.settings import Settings
from tests.llm.providers.servers import ALL_SDKS

pytestmark = ALL_SDKS


def opened(provider: str, look: Callable[[Client], None]) -> None:
    """Open a provider's client on a loop, look at it, and close it."""
    keys = {f"{provider}_api_key": "k"} if provider != "ollama" else {}
    (place,) = installed_places(Settings(**{"llm_chain": provider} | keys))  # type: ignore[arg-type]

    async def open_and_close() -> None:
        client = place.open()
        look(client)
        await client.close()

    asyncio.run(open_and_close())


def gone(package: str, attribute: str, file: str) -> str:
    return f"{package} {version(package)} has no {attribute} any more, which {file} needs."


@pytest.mark.parametrize("attribute", ["_async_httpx_client", "_http_options"])
def test_google_genai_keeps_its_http_client_and_options_where_we_look(attribute: str) -> None:
    def look(client: Client) -> None:
        sdk: Any = client.model.client  # type: ignore[attr-defined]
        assert hasattr(sdk, "_api_client"), gone(
            "google-genai", "Client._api_client", "app/llm/providers/gemini.py"
        )
        assert hasattr(sdk._api_client, attribute), gone(  # noqa: SLF001
            "google-genai", f"BaseApiClient.{attribute}", "app/llm/providers/gemini.py"
        )

    opened("gemini", look)


def test_google_genai_takes_httpx_though_aiohttp_is_installed() -> None:
    def look(client: Client) -> None:
        sdk: Any = client.model.client  # type: ignore[attr-defined]
        options = sdk._api_client._http_options  # noqa: SLF001
        assert options.httpx_async_client is sdk._api_client._async_httpx_client  # noqa: SLF001
        assert not sdk._api_client._use_aiohttp(), (  # noqa: SLF001
            "google-genai's BaseApiClient._use_aiohttp no longer heeds HttpOptions."
            "httpx_async_client: app/llm/providers/gemini.py must keep it off aiohttp otherwise"
        )

    assert version("aiohttp")
    opened("gemini", look)


def test_langchain_anthropic_takes_its_client_from_the_slot_that_we_fill() -> None:
    def look(client: Client) -> None:
        model: Any = client.model
        slot = vars(type(model)).get("_async_client")
        assert slot is not None, gone(
            "langchain-anthropic", "ChatAnthropic._async_client", "app/llm/providers/anthropic.py"
        )
        assert model._async_client.close == client.close, (  # noqa: SLF001
            "langchain-anthropic's ChatAnthropic._async_client is no longer kept in `__dict__`: "
            "app/llm/providers/anthropic.py has to put its client elsewhere"
        )

    opened("anthropic", look)


def test_langchain_ollama_keeps_its_client_where_we_close_it() -> None:
    def look(client: Client) -> None:
        model: Any = client.model
        assert hasattr(model._async_client, "close"), gone(  # noqa: SLF001
            "langchain-ollama", "ChatOllama._async_client.close", "app/llm/providers/ollama.py"
        )

    opened("ollama", look)
