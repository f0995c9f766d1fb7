"""LangChain's standard tests of chat models, over the loopback providers.

`tests/llm/chat_model/test_standard.py` runs them in a process of their own: they want another
configuration of pytest than the rest.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from app import ChatRelay, Settings
from tests.conftest import provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.responder import responder

_settings: dict[str, Settings] = {}


@pytest.fixture(scope="module", autouse=True)
def _providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start the providers twice: all up, and Gemini at 503."""
    servers = []
    for state in ("up", "down"):
        gemini, groq = GeminiServer(), GroqServer()
        gemini.decide = responder if state == "up" else lambda body: gemini_api.OVERLOADED
        groq.decide = responder
        servers += [gemini, groq]
        given: Any = provider_settings(gemini, groq)
        _settings[state] = Settings(**given, data_dir=tmp_path_factory.mktemp(state))
    yield
    for server in servers:
        server.stop()
        assert server.refusals == []


class _Relay:
    state = "up"

    @property
    def chat_model_class(self) -> type[ChatRelay]:
        return ChatRelay

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"settings": _settings[self.state]}

    @property
    def supports_json_mode(self) -> bool:
        return True


class TestUnit(_Relay, ChatModelUnitTests):
    """The unit tests, which ask no model."""

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        given = {"LLM_CHAIN": "groq", "GROQ_API_KEY": "gsk_fakeGroqKeyForTestsOnly0001"}
        return given, {}, {"settings": Settings.load({**os.environ, **given})}


class TestGeminiUp(_Relay, ChatModelIntegrationTests):
    """The integration tests; Gemini answers."""


class TestGeminiDown(_Relay, ChatModelIntegrationTests):
    """The integration tests; Gemini is overloaded, and Groq answers."""

    state = "down"
