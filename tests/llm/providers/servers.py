"""A server on loopback for each provider, as strict as the real one."""

from collections.abc import Callable, Mapping

import pytest

from tests.fakes.anthropic import AnthropicServer
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.http import ProviderServer
from tests.fakes.ollama import OllamaServer
from tests.fakes.openai import OpenAIServer

SERVERS: Mapping[str, Callable[[], ProviderServer]] = {
    "gemini": GeminiServer,
    "groq": GroqServer,
    "openai": OpenAIServer,
    "anthropic": AnthropicServer,
    "ollama": OllamaServer,
}

ALL_SDKS = pytest.mark.xdist_group("all SDKs")
"""Marks tests that load the SDKs of all providers: it takes 3 s, so one worker has them all."""
