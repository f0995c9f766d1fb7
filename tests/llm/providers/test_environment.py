"""Set in the environment what the providers' SDKs read there: nothing changes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import Relay
from tests.fakes.http import ProviderServer
from tests.fakes.steps import calls, says
from tests.llm.providers.servers import ALL_SDKS, SERVERS

pytestmark = ALL_SDKS

NOWHERE = "http://127.0.0.1:9"
FOREIGN = {
    "gemini": {
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_USE_ENTERPRISE": "true",
        "GOOGLE_GENAI_HTTP_CLIENT": "aiohttp",
        "GOOGLE_GENAI_API_VERSION": "v1",
        "GOOGLE_GENAI_CLIENT_MODE": "replay",
        "GOOGLE_CLOUD_PROJECT": "somebody",
        "GOOGLE_CLOUD_LOCATION": "europe-west1",
        "GOOGLE_APPLICATION_CREDENTIALS": "/lost/credentials.json",
        "GOOGLE_API_KEY": "AIza-of-somebody-else",
        "GOOGLE_GEMINI_BASE_URL": NOWHERE,
        "GOOGLE_VERTEX_BASE_URL": NOWHERE,
    },
    "groq": {
        "GROQ_BASE_URL": NOWHERE,
        "GROQ_API_BASE": NOWHERE,
        "GROQ_PROXY": NOWHERE,
        "GROQ_API_KEY": "gsk_of_somebody_else",
    },
    "openai": {
        "OPENAI_BASE_URL": NOWHERE,
        "OPENAI_API_BASE": NOWHERE,
        "OPENAI_PROXY": NOWHERE,
        "OPENAI_API_KEY": "sk-of-somebody-else",
        "OPENAI_ADMIN_KEY": "sk-of-an-admin",
        "OPENAI_ORG_ID": "org-of-somebody-else",
        "OPENAI_ORGANIZATION": "org-of-somebody-else",
        "OPENAI_PROJECT_ID": "proj-of-somebody-else",
        "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer else\nX-Strange: 1",
        "OPENAI_API_TYPE": "azure",
    },
    "anthropic": {
        "ANTHROPIC_BASE_URL": NOWHERE,
        "ANTHROPIC_API_URL": NOWHERE,
        "ANTHROPIC_PROXY": NOWHERE,
        "ANTHROPIC_API_KEY": "sk-ant-of-somebody-else",
        "ANTHROPIC_AUTH_TOKEN": "token-of-somebody-else",
        "ANTHROPIC_CUSTOM_HEADERS": "X-Strange: 1\nX-Api-Key: else",
        "ANTHROPIC_PROFILE": "somebody",
    },
    "ollama": {"OLLAMA_HOST": NOWHERE, "OLLAMA_API_KEY": "of-somebody-else"},
}
KEPT_OUT = {"openai-organization", "openai-project", "x-strange"}


@pytest.fixture(params=list(FOREIGN))
def asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A provider's server, in an environment of somebody who uses its SDK otherwise."""
    monkeypatch.setenv("LC_OUTPUT_VERSION", "v1")
    for name, value in FOREIGN[request.param].items():
        monkeypatch.setenv(name, value)
    server = SERVERS[request.param]()
    yield request.param, server
    server.stop()
    assert server.refusals == []


def test_environment_of_the_sdks_steers_nothing(
    asked: tuple[str, ProviderServer], make_relay: Callable[..., Relay]
) -> None:
    name, server = asked
    settings = {f"{name}_base_url": server.url, f"{name}_api_key": server.key or None}
    relay = make_relay(llm_chain=name, **settings, openai_model="local-model")
    server.plays(calls("list_tasks"), says("Nothing."))
    reply = relay.say("What is there?")
    assert (reply.provider, reply.reply) == (name, "Nothing.")
    for request in server.requests:
        assert request["path"].startswith("/v1beta/models/") is (name == "gemini")
        headers = {header.lower() for header in request["headers"]}
        assert not headers & (KEPT_OUT | ({"authorization"} if name == "ollama" else set()))
