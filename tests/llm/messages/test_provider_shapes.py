"""Send conversations of every making to every provider, as strict as the real ones."""

import asyncio
import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from app import Settings
from app.llm.messages.framing import NOTICE, SIGNATURES
from app.llm.messages.provider_shapes import SIGNER, for_gemini, in_plain_strings
from app.llm.messages.told import BLOCKED, FAILED
from app.llm.providers import Client, Place, installed_places
from app.settings import PROVIDERS
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.anthropic import AnthropicServer
from tests.fakes.gemini import STAND_IN, GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.http import ProviderServer
from tests.fakes.ollama import OllamaServer
from tests.fakes.openai import OpenAIServer
from tests.fakes.steps import Answer, calls, says
from tests.llm.providers.servers import ALL_SDKS

CALL = {"name": "list_tasks", "args": {}, "type": "tool_call"}


def call(id: str) -> Any:
    return {**CALL, "id": id}


@pytest.mark.parametrize("model", ["gemini-3.5-flash-lite", "gemini-flash-lite-latest"])
def test_groqs_calls_are_accepted_by_gemini_whatever_its_models_name(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer, model: str
) -> None:
    relay = make_relay(gemini_model=model, **provider_settings(gemini, groq))
    two = Answer(calls=(("list_tasks", {}), ("list_tasks", {"when": "today"})))
    gemini.plays(gemini_api.OVERLOADED, says("Nothing to do."))
    groq.plays(two)
    reply = relay.say("What is there?")
    assert (reply.provider, reply.reply) == ("gemini", "Nothing to do.")
    parts = gemini.requests[-1]["body"]["contents"][1]["parts"]
    assert [part["thoughtSignature"] for part in parts] == [STAND_IN] * 2


def test_geminis_own_signature_goes_back_to_gemini_and_not_to_groq(
    relay: Relay, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(calls("list_tasks"), says("First."), gemini_api.OVERLOADED)
    relay.say("What is there?")
    sent = gemini.requests[1]["body"]["contents"][1]["parts"][-1]
    assert base64.urlsafe_b64decode(sent["thoughtSignature"]) == b"thought-000000000"
    assert relay.say("And now?").provider == "groq"
    assert "ignature" not in str(groq.requests[-1]["body"])


def test_call_ids_that_repeat_over_a_thread_reach_both_providers_as_different_ones(
    make_relay: Callable[..., Relay], gemini: GeminiServer, groq: GroqServer
) -> None:
    relay = make_relay(primary_llm="groq", **provider_settings(gemini, groq))
    groq.plays(calls("list_tasks"), says("a"), calls("list_tasks"), says("b"))
    relay.say("one")
    relay.say("two")
    ids = [c["id"] for m in groq.requests[-1]["body"]["messages"] for c in m.get("tool_calls", ())]
    assert len(ids) == len(set(ids)) == 2
    groq.plays(groq_api.OVERLOADED)
    assert relay.say("three").provider == "gemini"


def test_call_that_lost_its_result_is_healed() -> None:
    dead = AIMessage("", tool_calls=[call("x")])
    shaped = in_plain_strings([HumanMessage("a"), dead, HumanMessage("b")])
    assert [type(m).__name__ for m in shaped] == [
        "HumanMessage",
        "AIMessage",
        "ToolMessage",
        "HumanMessage",
    ]
    assert "Interrupted" in shaped[2].text


def test_result_without_its_call_is_left_out() -> None:
    lost = ToolMessage("late", tool_call_id="gone")
    assert in_plain_strings([HumanMessage("a"), lost]) == [HumanMessage("a")]


def test_failure_and_notice_are_left_out() -> None:
    failure = AIMessage("all down", response_metadata={FAILED: "no_model"})
    headed = AIMessage("Down.\n\nAdded #1", response_metadata={NOTICE: "Down."})
    shaped = for_gemini([HumanMessage("a"), failure, HumanMessage("b"), headed])
    assert [m.text for m in shaped[:3]] == ["a", "b", "Added #1"]


def test_shaping_changes_no_stored_message() -> None:
    messages: list[AnyMessage] = [
        HumanMessage("a"),
        AIMessage([{"type": "text", "text": "x", "extras": {"signature": "c2ln"}}]),
        HumanMessage("b"),
        AIMessage("", tool_calls=[call("1")]),
        ToolMessage("r", tool_call_id="1"),
    ]
    before = [message.model_dump_json() for message in messages]
    for_gemini(messages)
    in_plain_strings(messages)
    assert [message.model_dump_json() for message in messages] == before


ids = st.sampled_from(["call_0", "call_1", "call_7cq1", "x", "functions.f:0", ""])
words = st.text(min_size=1, max_size=8)
names = st.sampled_from(
    ["list_tasks", "", " ", "functions.list_tasks", "a b", "1", "x" * 200, "\u65e5", "<|channel|>"]
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words)
arguments = st.dictionaries(
    words,
    st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner)
    ),
    max_size=2,
)
found_calls = st.lists(
    st.builds(
        lambda name, args, id: {"name": name, "args": args, "id": id, "type": "tool_call"},
        names,
        arguments,
        ids,
    ),
    max_size=2,
)
MARKS: list[Any] = ["c2ln", "", "no base64!", 7, None]
KINDS = [
    "image_url",
    "image",
    "input_audio",
    "file",
    "media",
    "video",
    "thinking",
    "reasoning",
    "x",
]
odd_values = st.sampled_from(
    [
        *("https://example.com/x.png", "data:image/png;base64,!!", "iVBORw0KGgo=", "AAAA", "", 7),
        *({"url": "data:image/png;base64,iVBORw0KGgo="}, {"data": "AA", "format": "wav"}, None),
    ]
)
parts = st.builds(
    lambda kind, more: {"type": kind} | more,
    st.sampled_from(KINDS),
    st.dictionaries(
        st.sampled_from([*KINDS, "url", "base64", "data", "mime_type", "source_type", "text"]),
        odd_values,
        max_size=3,
    ),
)
texts = words.map(lambda text: {"type": "text", "text": text})
contents: Any = st.one_of(st.just(""), words, st.lists(st.one_of(words, texts, parts), max_size=3))
MAKERS = ["groq", "openai", "ollama", "anthropic", "google_genai", None]
metadata = st.builds(
    lambda maker, signer, extra: {"model_provider": maker, SIGNER: signer} | extra,
    st.sampled_from(MAKERS),
    st.sampled_from(["", "of another key", None]),
    st.sampled_from(
        [
            *({}, {}, {}, {FAILED: "no_model"}, {FAILED: "refused", BLOCKED: True}),
            *({NOTICE: "Down."}, {"output_version": "v1"}, {"attempts": 7, FAILED: "refused"}),
        ]
    ),
)
answers = st.builds(
    lambda content, found, about, mark, name: AIMessage(
        content,
        tool_calls=found,
        response_metadata=about,
        name=name,
        additional_kwargs={
            SIGNATURES: {one["id"]: mark for one in found},
            "function_call": {"name": "f", "arguments": "{"},
            "reasoning_content": "hm",
        },
    ),
    contents,
    found_calls,
    metadata,
    st.sampled_from(MARKS),
    st.sampled_from([None, "an other/agent"]),
)
humans = st.builds(HumanMessage, contents, name=st.sampled_from([None, "an other/agent"]))
roles = st.builds(
    ChatMessage, words, role=st.sampled_from(["system", "critic", "assistant", "user"])
)
systems = st.builds(SystemMessage, contents)
functions = st.builds(FunctionMessage, words, name=st.just("f"))
results = st.builds(ToolMessage, contents, tool_call_id=ids)
histories = st.lists(
    st.one_of(humans, answers, answers, results, results, roles, systems, functions), max_size=9
)


@dataclass
class World:
    """Every provider's server, and a client of each that stays open."""

    servers: list[ProviderServer]
    clients: list[tuple[Place, Client]]
    runner: asyncio.Runner

    def ask(self, history: Sequence[AnyMessage]) -> list[str]:
        """Send a conversation to each; return what they answered."""
        return self.runner.run(self._ask(history))

    async def _ask(self, history: Sequence[AnyMessage]) -> list[str]:
        texts = []
        for place, client in self.clients:
            stream = client.model.astream(place.shaped(history))
            texts.append("".join([str(chunk.text) async for chunk in stream]))
        return texts


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    makers = [GeminiServer, GroqServer, OpenAIServer, AnthropicServer, OllamaServer]
    servers: dict[str, ProviderServer] = dict(
        zip(PROVIDERS, [make() for make in makers], strict=True)
    )
    given: dict[str, Any] = {f"{name}_base_url": s.url for name, s in servers.items()}
    given |= {f"{name}_api_key": s.key for name, s in servers.items() if s.key}
    made = Settings(llm_chain=tuple(PROVIDERS), openai_model="local-model", **given)

    async def open_all() -> list[tuple[Place, Client]]:
        return [(place, place.open()) for place in installed_places(made)]

    with asyncio.Runner() as runner:
        clients = runner.run(open_all())
        yield World(list(servers.values()), clients, runner)
        for _, client in clients:
            runner.run(_closed(client))
    for server in servers.values():
        server.stop()


async def _closed(client: Client) -> None:
    await client.close()


@ALL_SDKS
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories)
def test_any_history_is_accepted_by_every_provider(
    world: World, history: Sequence[AnyMessage]
) -> None:
    assert all(world.ask([*history, HumanMessage("and now?")]))
    assert [server.refusals for server in world.servers] == [[]] * len(PROVIDERS)


def test_picture_is_accepted_by_every_provider(world: World) -> None:
    picture: Any = [{"type": "image", "base64": "iVBORw0KGgo=", "mime_type": "image/png"}]
    assert all(world.ask([HumanMessage(picture)]))
    assert [server.refusals for server in world.servers] == [[]] * len(PROVIDERS)
    assert "iVBORw0KGgo=" in str(world.servers[0].requests[-1]["body"])


def test_gemini_keeps_its_signatures_under_the_name_that_we_read() -> None:
    from langchain_google_genai import chat_models

    theirs = vars(chat_models).get("_FUNCTION_CALL_THOUGHT_SIGNATURES_MAP_KEY")
    assert theirs == SIGNATURES, (
        "langchain-google-genai keeps thought signatures elsewhere than under "
        f'"{SIGNATURES}" (its chat_models._FUNCTION_CALL_THOUGHT_SIGNATURES_MAP_KEY): '
        "app/llm/messages/framing.py would lose them."
    )
