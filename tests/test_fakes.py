"""Hold the providers' servers of these tests against the real clients."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_groq import ChatGroq

from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer


def google(server: GeminiServer, **more: Any) -> ChatGoogleGenerativeAI:
    settings = {"google_api_key": server.key, "model": "gemini-3.5-flash-lite"} | more
    return ChatGoogleGenerativeAI(
        base_url=server.url, api_version="v1beta", max_retries=1, **settings
    )


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """The connections of Groq's models, which nobody else would close."""
    with httpx.Client() as client:
        yield client


def groq_model(server: GroqServer, http: httpx.Client, **more: Any) -> ChatGroq:
    settings: dict[str, Any] = {"api_key": server.key, "model": "openai/gpt-oss-20b", **more}
    return ChatGroq(base_url=server.url, max_retries=0, http_client=http, **settings)


def list_tasks() -> str:
    """List tasks."""
    return ""


BOTH = Answer(text="I look.", calls=(("list_tasks", {}),))


@pytest.mark.parametrize("streamed", [False, True])
def test_both_answer_plain_and_streamed(
    gemini: GeminiServer, groq: GroqServer, http: httpx.Client, streamed: bool
) -> None:
    for server, model in ((gemini, google(gemini)), (groq, groq_model(groq, http))):
        server.plays(BOTH)
        bound = model.bind_tools([list_tasks])
        if streamed:
            answer: Any = None
            for chunk in bound.stream("hi"):
                answer = chunk if answer is None else answer + chunk
        else:
            answer = bound.invoke("hi")
        assert answer.text.strip() == "I look."
        assert [call["name"] for call in answer.tool_calls] == ["list_tasks"]


CALL = {"name": "list_tasks", "args": {}, "id": "c1", "type": "tool_call"}
UNANSWERED = [HumanMessage("a"), AIMessage("", tool_calls=[CALL]), HumanMessage("b")]
ORPHAN = [HumanMessage("a"), ToolMessage("r", tool_call_id="zzz")]


@pytest.mark.parametrize("history", [UNANSWERED, ORPHAN], ids=["unanswered call", "orphan result"])
def test_groq_refuses_calls_and_results_that_are_not_paired(
    history: list[Any], http: httpx.Client
) -> None:
    server = GroqServer()
    model = groq_model(server, http)
    with pytest.raises(Exception, match="tool"):
        model.invoke(history)
    server.stop()


def test_gemini_refuses_a_call_without_its_response_and_an_unsigned_one() -> None:
    server = GeminiServer()
    with pytest.raises(Exception, match="number of function response parts"):
        google(server).invoke(UNANSWERED)
    answered = [*UNANSWERED[:2], ToolMessage("r", tool_call_id="c1", name="list_tasks")]
    with pytest.raises(Exception, match="missing a thought_signature"):
        google(server, model="gemini-flash-lite-latest").invoke(answered)
    server.stop()


def test_both_refuse_a_wrong_key_and_an_unknown_model(http: httpx.Client) -> None:
    gemini, groq = GeminiServer(), GroqServer()
    with pytest.raises(Exception, match="API key not valid"):
        google(gemini, google_api_key="wrong").invoke("hi")
    with pytest.raises(Exception, match="is not found"):
        google(gemini, model="gemini-2.0-flash").invoke("hi")
    for wrong, words in (
        ({"api_key": "wrong"}, "Invalid API Key"),
        ({"model": "x"}, "does not exist"),
    ):
        model = groq_model(groq, http, **wrong)
        with pytest.raises(Exception, match=words):
            model.invoke("hi")
        gemini.stop()
    groq.stop()
