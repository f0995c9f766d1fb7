"""Send conversations of every making to both providers, as strict as the real ones."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_groq import ChatGroq

from app.llm.history import FAILED, NOTICE, for_gemini, for_groq
from tests.conftest import Relay, provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import STAND_IN, GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, calls, says

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
    assert base64.urlsafe_b64decode(sent["thoughtSignature"]) == b"thought-0"
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
    shaped = for_groq([HumanMessage("a"), dead, HumanMessage("b")])
    assert [type(m).__name__ for m in shaped] == [
        "HumanMessage",
        "AIMessage",
        "ToolMessage",
        "HumanMessage",
    ]
    assert "Interrupted" in shaped[2].text


def test_result_without_its_call_is_left_out() -> None:
    lost = ToolMessage("late", tool_call_id="gone")
    assert for_groq([HumanMessage("a"), lost]) == [HumanMessage("a")]


def test_failure_and_notice_are_left_out() -> None:
    failure = AIMessage("all down", response_metadata={FAILED: "no_model"})
    headed = AIMessage("Down.\n\nAdded #1", response_metadata={NOTICE: "Down."})
    shaped = for_gemini([HumanMessage("a"), failure, HumanMessage("b"), headed])
    assert [m.text for m in shaped] == ["a", "b", "Added #1"]


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
    for_groq(messages)
    assert [message.model_dump_json() for message in messages] == before


ids = st.sampled_from(["call_0", "call_1", "call_7cq1", "x"])
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
blocks = st.lists(
    words.map(lambda text: {"type": "text", "text": text, "extras": {"signature": "c2ln"}}),
    min_size=1,
    max_size=2,
)
humans = words.map(HumanMessage)
groq_answers = st.builds(
    lambda text, found: AIMessage(
        text, tool_calls=found, response_metadata={"model_provider": "groq"}
    ),
    st.one_of(st.just(""), words),
    st.lists(ids.map(call), max_size=2, unique_by=lambda one: one["id"]),
)
gemini_answers = st.builds(
    lambda content, found: AIMessage(
        content, tool_calls=found, response_metadata={"model_provider": "google_genai"}
    ),
    st.one_of(words, blocks),
    st.lists(ids.map(call), max_size=2, unique_by=lambda one: one["id"]),
)
failures = words.map(lambda text: AIMessage(text, response_metadata={FAILED: "no_model"}))
results = st.builds(lambda id, text: ToolMessage(text, tool_call_id=id), ids, words)
histories = st.lists(st.one_of(humans, groq_answers, gemini_answers, failures, results), max_size=9)


@pytest.fixture(scope="module")
def servers() -> Any:
    both = GeminiServer(), GroqServer()
    yield both
    for server in both:
        server.stop()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(history=histories)
def test_any_history_is_accepted_by_both(
    servers: tuple[GeminiServer, GroqServer], history: Sequence[AnyMessage]
) -> None:
    gemini, groq = servers
    asked = [HumanMessage("first"), *history, HumanMessage("and now?")]
    google_model = ChatGoogleGenerativeAI(
        model="gemini-3.5-flash-lite", google_api_key=gemini.key, base_url=gemini.url, max_retries=1
    )
    groq_model = ChatGroq(
        model="openai/gpt-oss-20b", api_key=groq.key, base_url=groq.url, max_retries=0
    )
    try:
        assert "".join(c.text for c in google_model.stream(for_gemini(asked)))
        assert "".join(c.text for c in groq_model.stream(for_groq(asked)))
    finally:
        google_model.client.close()
        groq_model.client._client.close()
