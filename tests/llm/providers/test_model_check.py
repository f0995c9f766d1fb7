"""Try each provider's models and lists, against servers as strict as the APIs."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.llm import Probed, places
from app.llm.providers import probe
from app.settings import Settings
from tests.fakes import gemini as gemini_api
from tests.fakes.clock import FixedClock
from tests.fakes.groq import error as groq_error
from tests.fakes.http import ProviderServer
from tests.fakes.steps import Failure, Silence
from tests.llm.providers.servers import ALL_SDKS, SERVERS

pytestmark = ALL_SDKS


@pytest.fixture
def servers() -> Iterator[dict[str, ProviderServer]]:
    """All five providers on loopback."""
    started = {name: server() for name, server in SERVERS.items()}
    yield started
    for server in started.values():
        server.stop()


def probed(servers: dict[str, ProviderServer], **more: Any) -> dict[str, Probed]:
    """Probe all five."""
    given: dict[str, Any] = {"llm_chain": ",".join(servers), "timezone": "UTC"}
    for name, server in servers.items():
        given |= {f"{name}_base_url": server.url}
        given |= {f"{name}_api_key": server.key} if server.key else {}
    settings = Settings(**given | more)
    found = asyncio.run(probe(places(settings), settings, FixedClock()))
    return {one.place.name: one for one in found}


def test_each_provider_answers_and_lists_its_models(servers: dict[str, ProviderServer]) -> None:
    found = probed(servers)
    assert {name: one.failure for name, one in found.items()} == dict.fromkeys(servers)
    for name, one in found.items():
        assert one.listed is not None, name
        assert one.listed.has(one.place.model)
        assert one.key_accepted
        assert servers[name].refusals == []
        assert (servers[name].calls, servers[name].listed) == (
            1,
            2 if name in ("gemini", "anthropic") else 1,
        )
    lists = {name: one.listed.names for name, one in found.items() if one.listed}
    assert "gemini-embed" not in lists["gemini"]
    assert "llama-3.1-8b-instant" not in lists["groq"]
    assert lists["anthropic"][-1] == "claude-opus-4-8"
    assert found["groq"].limits["x-ratelimit-remaining-requests"] == "998"


def test_unknown_model_is_told_with_its_living_neighbours(
    servers: dict[str, ProviderServer],
) -> None:
    found = probed(servers, gemini_model="gemini-3.5-flash", ollama_model="qwen3:4b")
    for name, near in (("gemini", "gemini-3.5-flash-lite"), ("ollama", "qwen3:8b")):
        one = found[name]
        assert one.failure is not None
        assert one.failure.kind == "model_not_found"
        assert one.listed is not None
        assert one.listed.near(one.place.model)[0] == near
        assert one.key_accepted


def test_rejected_key_is_seen_by_list_and_call(servers: dict[str, ProviderServer]) -> None:
    del servers["ollama"]
    wrong = {f"{name}_api_key": "wrong" for name in servers}
    for one in probed(servers, **wrong).values():
        assert one.key_accepted is False
        assert one.failure is not None
        assert one.failure.kind == "auth"


def test_nothing_that_a_provider_echoes_gets_out(servers: dict[str, ProviderServer]) -> None:
    told = f"Key {servers['groq'].key} of org_01fakefakefake, project 123456789012"
    servers["groq"].plays(groq_error(403, told))
    servers["gemini"].plays(gemini_api.error(403, told, "PERMISSION_DENIED"))
    for name in ("groq", "gemini"):
        failure = probed(servers)[name].failure
        assert failure is not None
        assert failure.kind == "permission"
        for word in (servers["groq"].key, "org_01fake", "123456789012"):
            assert word not in failure.detail


def test_silent_providers_are_waited_for_together_and_not_for_long(
    servers: dict[str, ProviderServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    probed(servers)  # the SDKs' own imports aside

    def silent(path: str, headers: object) -> dict[str, Any]:
        servers["groq"].wait(20)
        return {}

    for server in servers.values():
        server.plays(Silence())
        monkeypatch.setattr(server, "take_listing", silent)
    started = time.monotonic()
    found = probed(servers, first_token_timeout=1)
    assert time.monotonic() - started < len(servers)
    for one in found.values():
        assert one.failure is not None
        assert one.unlisted is not None
        assert (one.failure.kind, one.unlisted.kind) == ("timeout", "timeout")


def test_endpoint_without_a_list_or_with_an_odd_one_is_no_failure(
    servers: dict[str, ProviderServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Failure(404, "not found")
    monkeypatch.setattr(servers["openai"], "listing", lambda path, headers: gone)
    monkeypatch.setattr(servers["groq"], "listing", lambda path, headers: {"data": "odd"})
    found = probed(servers)
    for name in ("openai", "groq"):
        assert found[name].answered
        assert found[name].listed is None
