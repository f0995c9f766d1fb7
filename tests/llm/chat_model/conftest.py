"""Give each test a chat model over loopback providers, with a data directory of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.agent import ChatRelay
from app.runtime import close_container, opened_container
from app.settings import Settings
from tests.conftest import provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer


@pytest.fixture
def make_settings(
    gemini: GeminiServer, groq: GroqServer, tmp_path: Path
) -> Iterator[Callable[..., Settings]]:
    """Return a maker of settings for the loopback providers; their containers are closed."""
    made: list[Settings] = []

    def make(**more: Any) -> Settings:
        given: Any = provider_settings(gemini, groq)
        settings = Settings(**{**given, "data_dir": tmp_path / "data", **more})
        made.append(settings)
        return settings

    yield make
    for settings in made:
        if (container := opened_container(settings)) is not None:
            close_container(container)


@pytest.fixture
def model(make_settings: Callable[..., Settings]) -> ChatRelay:
    """Return a chat model over Gemini and Groq."""
    return ChatRelay(settings=make_settings())
