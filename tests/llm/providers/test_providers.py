"""Run chains of every provider over servers that speak their protocols."""

import asyncio
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app import Settings, SettingsError
from app.llm.providers import installed_places
from app.settings import PROVIDERS, FailureKind
from tests.conftest import Relay, provider_settings
from tests.fakes import anthropic as anthropic_api
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.anthropic import AnthropicServer, event
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.http import ProviderServer
from tests.fakes.ollama import OllamaServer, line
from tests.fakes.openai import OpenAIServer, RealOpenAIServer
from tests.fakes.steps import Answer, Failure, Step, Stream, calls, says
from tests.llm.providers.servers import ALL_SDKS

pytestmark = ALL_SDKS

MakeRelay = Callable[..., Relay]
MAKERS = {"openai": OpenAIServer, "anthropic": AnthropicServer, "ollama": OllamaServer}


@pytest.fixture
def servers() -> Iterator[dict[str, ProviderServer]]:
    made = {name: make() for name, make in MAKERS.items()}
    yield made
    for server in made.values():
        server.stop()
    assert [server.refusals for server in made.values()] == [[], [], []]


def places(servers: dict[str, ProviderServer]) -> dict[str, Any]:
    found: dict[str, Any] = {"openai_model": "local-model"}
    for name, server in servers.items():
        found |= {f"{name}_base_url": server.url, f"{name}_api_key": server.key or None}
    return found


@pytest.mark.parametrize("name", list(MAKERS))
def test_each_provider_talks_calls_tools_and_gets_their_results(
    make_relay: MakeRelay, servers: dict[str, ProviderServer], name: str
) -> None:
    relay = make_relay(llm_chain=name, **places(servers))
    two = Answer("Let me see.", (("add_task", {"title": "a"}), ("add_task", {"title": "b"})))
    servers[name].plays(two, says("Added both."), says("Yes."))
    reply = relay.say("Add a and b")
    assert (reply.provider, reply.reply) == (name, "Added both.")
    assert [call["args"]["title"] for call in reply.tool_calls] == ["a", "b"]
    assert relay.say("Sure?").reply == "Yes."


def test_five_providers_in_one_chain_each_read_what_the_others_said(
    make_relay: MakeRelay,
    servers: dict[str, ProviderServer],
    gemini: GeminiServer,
    groq: GroqServer,
) -> None:
    order = ("anthropic", "openai", "ollama", "gemini", "groq")
    every: dict[str, Any] = {**servers, "gemini": gemini, "groq": groq}
    settings = places(servers) | provider_settings(gemini, groq)
    for turn, name in enumerate(order * 2):
        chain = [name, *(other for other in order if other != name)]
        every[name].plays(calls("add_task", title=f"task {turn}"), says(f"Done by {name}."))
        relay = make_relay(llm_chain=chain, **settings)
        assert relay.say(f"Add task {turn}").reply == f"Done by {name}."


def test_chain_is_asked_in_its_order_until_one_answers(
    make_relay: MakeRelay, servers: dict[str, ProviderServer], groq: GroqServer
) -> None:
    servers["anthropic"].plays(anthropic_api.error(529, "overloaded_error", "Overloaded"))
    servers["ollama"].plays(Failure(404, {"error": 'model "qwen3:8b" not found'}))
    groq.plays(groq_api.OVERLOADED)
    servers["openai"].plays(says("Here."))
    relay = make_relay(
        llm_chain="anthropic, ollama, groq, openai",
        groq_api_key=groq.key,
        groq_base_url=groq.url,
        **places(servers),
    )
    reply = relay.say("Hello")
    assert (reply.reply, reply.provider, reply.model) == ("Here.", "openai", "local-model")
    assert [(a["provider"], a["kind"]) for a in reply.attempts] == [
        ("anthropic", "unavailable"),
        ("ollama", "model_not_found"),
        ("groq", "unavailable"),
        ("openai", None),
    ]
    assert reply.notice == (
        "Anthropic: overloaded; Ollama: no such model any more, set OLLAMA_MODEL to a living one; "
        "Groq: overloaded; answered by OpenAI"
    )


def test_same_model_with_another_key_has_a_breaker_of_its_own(
    make_relay: MakeRelay, groq: GroqServer
) -> None:
    chain = {
        "llm_chain": "groq,groq2",
        "groq_api_key": "gsk_wrong",
        "groq_base_url": groq.url,
        "numbered": {"GROQ2_API_KEY": groq.key},
    }
    relay = make_relay(**chain)
    reply = relay.say("Hello")
    assert (reply.provider, reply.model) == ("groq2", "openai/gpt-oss-20b")
    assert reply.notice == "Groq: key rejected, check GROQ_API_KEY; answered by Groq2"
    assert [a["outcome"] for a in relay.say("Again").attempts] == ["skipped", "answered"]
    assert groq.calls == 3
    groq.refusals.clear()


@pytest.mark.parametrize("model", ["gpt-5.4-mini", "gpt-5-mini", "gpt-6-luna"])
def test_openai_itself_gets_its_own_parameters(
    make_relay: MakeRelay, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    server = RealOpenAIServer()
    try:
        itself = replace(PROVIDERS["openai"], url=f"{server.url}/v1")
        monkeypatch.setitem(PROVIDERS, "openai", itself)
        relay = make_relay(
            llm_chain="openai",
            openai_api_key=server.key,
            openai_base_url=server.url,
            openai_model=model,
        )
        server.plays(calls("list_tasks"), says("Nothing."))
        assert relay.say("What is there?").reply == "Nothing."
        assert server.requests[0]["body"]["max_completion_tokens"] == 1024
    finally:
        server.stop()


def test_openai_compatible_server_at_home_needs_no_key(make_relay: MakeRelay) -> None:
    server = OpenAIServer()
    server.key = ""
    try:
        relay = make_relay(
            llm_chain="openai", openai_base_url=f"{server.url}/v1/", openai_model="local-model"
        )
        server.plays(says("From home."))
        assert relay.say("Hello").reply == "From home."
    finally:
        server.stop()


def test_ollama_is_given_a_context_that_holds_what_it_is_sent(
    make_relay: MakeRelay, servers: dict[str, ProviderServer]
) -> None:
    relay = make_relay(llm_chain="ollama", **places(servers))
    relay.say("Hello")
    assert servers["ollama"].requests[0]["body"]["options"]["num_ctx"] > 5000 + 1024


def test_place_without_its_key_is_left_out(make_relay: MakeRelay, groq: GroqServer) -> None:
    relay = make_relay(llm_chain="anthropic,groq", groq_api_key=groq.key, groq_base_url=groq.url)
    assert relay.say("Hello").provider == "groq"
    assert relay.agent.container.chain.missing_keys == ("ANTHROPIC_API_KEY",)


FAILURES: list[tuple[str, FailureKind, Step]] = [
    (
        "openai",
        FailureKind.QUOTA_DAILY,
        groq_api.error(429, "You exceeded it.", "insufficient_quota"),
    ),
    (
        "openai",
        FailureKind.RATE_LIMIT,
        groq_api.error(429, "Rate limit reached", "rate_limit_exceeded"),
    ),
    ("openai", FailureKind.CONTEXT_OVERFLOW, groq_api.error(400, "", "context_length_exceeded")),
    ("openai", FailureKind.BLOCKED, groq_api.error(400, "Rejected.", "content_policy_violation")),
    ("openai", FailureKind.MODEL_NOT_FOUND, groq_api.error(400, "m does not support tools")),
    ("openai", FailureKind.SERVER_ERROR, Stream(b'data: {"error": {"type": "server_error"}}\n\n')),
    (
        "openai",
        FailureKind.MALFORMED_RESPONSE,
        Stream(b'data: {"choices": []}\n\ndata: [DONE]\n\n'),
    ),
    (
        "anthropic",
        FailureKind.RATE_LIMIT,
        anthropic_api.error(429, "rate_limit_error", "slow down"),
    ),
    ("anthropic", FailureKind.AUTH, anthropic_api.error(401, "authentication_error", "invalid")),
    ("anthropic", FailureKind.PERMISSION, anthropic_api.error(403, "permission_error", "no")),
    (
        "anthropic",
        FailureKind.CONTEXT_OVERFLOW,
        anthropic_api.error(400, "invalid_request_error", "prompt is too long: 9 tokens > 8"),
    ),
    (
        "anthropic",
        FailureKind.QUOTA_DAILY,
        anthropic_api.error(
            400, "invalid_request_error", "Your credit balance is too low to access the API."
        ),
    ),
    (
        "anthropic",
        FailureKind.UNAVAILABLE,
        Stream(event("error", {"error": {"type": "overloaded_error", "message": "Overloaded"}})),
    ),
    (
        "anthropic",
        FailureKind.BLOCKED,
        Stream(
            AnthropicServer.stream(None, says("I"), {"model": "m"}, "").replace(  # type: ignore[arg-type]
                b"end_turn", b"refusal"
            )
        ),
    ),
    ("ollama", FailureKind.MODEL_NOT_FOUND, Failure(400, {"error": "m does not support tools"})),
    ("ollama", FailureKind.SERVER_ERROR, Failure(500, {"error": "llama runner has stopped"})),
    ("ollama", FailureKind.MALFORMED_RESPONSE, Stream(line("m", {"content": "half"}))),
    ("ollama", FailureKind.MALFORMED_RESPONSE, Stream(b'{"error": "runner stopped"}\n')),
]


@pytest.mark.parametrize(("name", "kind", "step"), FAILURES)
def test_failures_of_the_other_providers_reach_their_verdict(
    make_relay: MakeRelay,
    servers: dict[str, ProviderServer],
    name: str,
    kind: FailureKind,
    step: Step,
) -> None:
    servers[name].plays(step)
    relay = make_relay(llm_chain=name, offline_fallback=False, turn_timeout=2, **places(servers))
    assert relay.say("Hello").attempts[0]["kind"] == kind


def test_provider_that_is_not_there_is_a_connection_failure(make_relay: MakeRelay) -> None:
    urls = {f"{name}_base_url": "http://127.0.0.1:9" for name in MAKERS}
    keys = {"openai_api_key": "k", "anthropic_api_key": "k"}
    relay = make_relay(llm_chain="openai,anthropic,ollama", **urls, **keys)
    assert [a["kind"] for a in relay.say("Hello").attempts] == ["connection"] * 6


def test_each_asyncio_run_has_its_own_connections(
    make_relay: MakeRelay, servers: dict[str, ProviderServer]
) -> None:
    for name in MAKERS:
        relay = make_relay(llm_chain=name, **places(servers))
        for _ in range(2):
            assert asyncio.run(relay.agent.process_message("ann", "Hello")).provider == name


def test_missing_package_of_an_extra_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        "app.llm.providers.registry.find_spec",
        lambda name: None if name == "langchain_ollama" else real(name),
    )
    with pytest.raises(SettingsError, match=r'install -e "\.\[ollama\]"'):
        installed_places(Settings(llm_chain="ollama"))


def test_every_place_that_settings_know_has_a_provider() -> None:
    chain = ",".join(PROVIDERS)
    assert [e.name for e in installed_places(Settings(llm_chain=chain))] == list(PROVIDERS)


def test_gemini_twice_keeps_its_signatures(make_relay: MakeRelay, gemini: GeminiServer) -> None:
    relay = make_relay(
        llm_chain="gemini,gemini2",
        gemini_api_key=gemini.key,
        gemini_base_url=gemini.url,
        numbered={"GEMINI2_API_KEY": gemini.key, "GEMINI2_MODEL": "gemini-2.5-flash"},
    )
    gemini.plays(calls("list_tasks"), gemini_api.OVERLOADED, says("From the second."))
    reply = relay.say("What is there?")
    assert (reply.provider, reply.model) == ("gemini2", "gemini-2.5-flash")
