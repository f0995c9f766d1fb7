"""Share breakers, quotas and the ledger among all that one process makes of the same settings."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.agent import ChatRelay, build_graph
from app.runtime import close_container, opened_container, shared_container
from app.settings import Settings
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Failure, says

Make = Callable[..., Settings]
GROQ = "Hello! How can I help?"
REFUSED_KEY = gemini_api.error(
    400,
    "API key not valid.",
    "INVALID_ARGUMENT",
    {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},
)


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def by_model(settings: Settings) -> str:
    return str(ChatRelay(settings=settings).invoke("hi").text)


def by_model_in_a_loop(settings: Settings) -> str:
    return str(asyncio.run(ChatRelay(settings=settings).ainvoke("hi")).text)


def by_stream(settings: Settings) -> str:
    return "".join(chunk.text for chunk in ChatRelay(settings=settings).stream("hi"))


def by_graph(settings: Settings) -> str:
    return str(build_graph(settings).invoke({"messages": [("user", "hi")]})["messages"][-1].text)


WAYS = (by_model, by_model_in_a_loop, by_stream, by_graph)


@pytest.mark.parametrize("failure", [REFUSED_KEY, gemini_api.quota(600, per="Day")])
@pytest.mark.parametrize("first", WAYS)
def test_what_one_has_learned_of_a_model_all_know(
    make_settings: Make, gemini: GeminiServer, first: Any, failure: Failure
) -> None:
    gemini.plays(failure)
    settings = make_settings()
    assert first(settings) == GROQ
    assert gemini.calls == 1
    for ask in WAYS:
        assert ask(make_settings()) == GROQ, "equal settings are the same, whoever made them"
    assert gemini.calls == 1


def test_attempts_of_all_stand_in_one_ledger(make_settings: Make) -> None:
    settings = make_settings()
    for ask in WAYS:
        ask(settings)
    container = opened_container(settings)
    assert container is not None
    close_container(container)  # what is still to be written is written by then
    kept = shared_container(settings).ledger().since(datetime.min.replace(tzinfo=UTC))
    assert [entry.attempt.place for entry in kept] == ["gemini"] * len(WAYS)


@pytest.mark.parametrize("first", WAYS)
def test_other_settings_are_not_disturbed(
    make_settings: Make, gemini: GeminiServer, groq: GroqServer, tmp_path: Any, first: Any
) -> None:
    gemini.plays(REFUSED_KEY, says("Hello from Gemini."))
    refused = make_settings()
    other = make_settings(data_dir=tmp_path / "other")
    assert first(refused) == GROQ
    assert [ask(other) for ask in WAYS] == ["Hello from Gemini."] * len(WAYS)
    assert first(refused) == GROQ
    assert groq.calls == 2


def test_model_opens_nothing_until_it_is_asked(make_settings: Make) -> None:
    settings = make_settings()
    model = ChatRelay(settings=settings)
    model.bind_tools([add])
    assert opened_container(settings) is None
    assert not settings.data_dir.exists()
    model.invoke("hi")
    assert opened_container(settings) is not None


@pytest.mark.parametrize("ask", WAYS)
def test_model_is_asked_again_after_all_was_closed(
    make_settings: Make, gemini: GeminiServer, ask: Any
) -> None:
    settings = make_settings()
    model = ChatRelay(settings=settings)
    assert model.invoke("hi").text == GROQ
    container = opened_container(settings)
    assert container is not None
    close_container(container)
    assert opened_container(settings) is None
    assert model.invoke("hi").text == ask(settings) == GROQ
    assert opened_container(settings) is not container
    assert gemini.calls == 3
