"""LangChain's standard tests over a chat model of `benchmarks.hosts`, which runs them with pytest.

`HOST_WAY` in the environment says which.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from benchmarks.host_ways import OURS, PatientGemini, litellm_model, our_settings
from benchmarks.systems import World
from tests.fakes import gemini as gemini_api
from tests.fakes.responder import responder

_IS_OURS = os.environ["HOST_WAY"] == OURS
_given: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="module", autouse=True)
def _providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Start the providers twice: all up, and the primary at 503."""
    worlds = {"up": World(PatientGemini()), "down": World(PatientGemini())}
    for state, world in worlds.items():
        world.groq.decide = responder
        world.gemini.decide = responder if state == "up" else lambda body: gemini_api.OVERLOADED
        if _IS_OURS:
            _given[state] = {"settings": our_settings(world, tmp_path_factory.mktemp(state))}
        else:
            model = litellm_model(world)
            _given[state] = {"router": model.router, "model": "primary"}
    yield
    for world in worlds.values():
        world.close()


class _Model:
    state = "up"

    @property
    def chat_model_class(self) -> Any:
        if _IS_OURS:
            from app import ChatRelay

            return ChatRelay
        from langchain_litellm import ChatLiteLLMRouter

        return ChatLiteLLMRouter

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return _given[self.state]


class TestUnit(_Model, ChatModelUnitTests):
    """The unit tests, which ask no model."""


class TestUp(_Model, ChatModelIntegrationTests):
    """The integration tests; the primary answers."""


class TestDown(_Model, ChatModelIntegrationTests):
    """The integration tests; the primary is overloaded."""

    state = "down"
