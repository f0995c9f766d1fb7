"""Be the model of other people's agents: right answers, counted once, one run a call, in one piece.

Each is played with Gemini up and with Gemini at 503, when Groq answers.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from deepagents import create_deep_agent
from langchain.agents import create_agent
from langchain_core.callbacks import BaseCallbackHandler, get_usage_metadata_callback
from langchain_core.messages import AIMessage, AIMessageChunk, ToolMessage
from langchain_core.runnables import ConfigurableField
from langgraph_supervisor import create_supervisor
from pydantic import BaseModel

from app.agent import ChatRelay
from app.settings import Settings
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.http import ProviderServer
from tests.fakes.steps import Answer, Held, Stream, calls, says

MODEL = "gemini-3.5-flash-lite"
NAMES = {"up": MODEL, "down": "openai/gpt-oss-20b"}
QUESTION: Any = {"messages": [("user", "How is the weather in Berlin?")]}
SAID = "It is sunny in Berlin."
TWO_CALLS = (calls("get_weather", city="Berlin"), says(SAID))
ONE_ANSWER = 105
"""Tokens that each of the servers says an answer took, question and all."""


def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"sunny in {city}"


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    sunny: bool


class Runs(BaseCallbackHandler):
    """Keeps which model runs began and ended, and their tokens by the ids of their messages."""

    def __init__(self) -> None:
        self.begun: list[Any] = []
        self.ended: list[Any] = []
        self.failed: list[Any] = []
        self.tokens: dict[str | None, str] = {}

    def on_chat_model_start(self, *args: Any, run_id: Any, **kwargs: Any) -> None:
        self.begun.append(run_id)

    def on_llm_end(self, response: Any, *, run_id: Any, **kwargs: Any) -> None:
        self.ended.append(run_id)

    def on_llm_error(self, error: BaseException, *, run_id: Any, **kwargs: Any) -> None:
        self.failed.append(run_id)

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, **kwargs: Any) -> None:
        self.tokens[chunk.message.id] = self.tokens.get(chunk.message.id, "") + token

    def were(self, number: int) -> bool:
        """Say whether so many runs began and ended, each once, and none failed."""
        whole = self.begun == self.ended and len(set(self.begun)) == len(self.begun)
        return whole and len(self.begun) == number and not self.failed


@pytest.fixture(params=["up", "down"])
def state(request: pytest.FixtureRequest, gemini: GeminiServer) -> str:
    """Whether Gemini is up."""
    if request.param == "down":
        gemini.plays(gemini_api.OVERLOADED)
    return str(request.param)


@pytest.fixture
def answering(state: str, gemini: GeminiServer, groq: GroqServer) -> ProviderServer:
    """The server that answers."""
    return gemini if state == "up" else groq


@pytest.fixture
def agent(model: ChatRelay, answering: ProviderServer) -> Any:
    """An agent with a tool, whose model calls it and then tells what came of it."""
    answering.plays(*TWO_CALLS)
    return create_agent(model, tools=[get_weather], name="weather")


def invoked(agent: Any, given: Any, config: Any) -> Any:
    return agent.invoke(given, config)


def ainvoked(agent: Any, given: Any, config: Any) -> Any:
    return asyncio.run(agent.ainvoke(given, config))


def streamed(agent: Any, mode: Any, config: Any = None, **more: Any) -> list[Any]:
    return list(agent.stream(QUESTION, config, stream_mode=mode, **more))


def astreamed(agent: Any, mode: Any, config: Any = None, **more: Any) -> list[Any]:
    async def parts() -> list[Any]:
        stream = agent.astream(QUESTION, config, stream_mode=mode, **more)
        return [part async for part in stream]

    return asyncio.run(parts())


WAYS = pytest.mark.parametrize("ask", [invoked, ainvoked])
STREAMS = pytest.mark.parametrize("stream", [streamed, astreamed])


def answers(state: Any) -> list[AIMessage]:
    return [message for message in state["messages"] if isinstance(message, AIMessage)]


def tokens_of(messages: list[AIMessage]) -> int:
    return sum(m.usage_metadata["total_tokens"] for m in messages if m.usage_metadata)


def texts(pairs: Any) -> dict[str | None, str]:
    """Return the text of each message of `messages` parts that a model said, by its id."""
    said: dict[str | None, str] = {}
    for chunk, _ in pairs:
        if isinstance(chunk, AIMessageChunk):
            said[chunk.id] = said.get(chunk.id, "") + chunk.text
    return said


@WAYS
def test_agent_is_answered_and_counted_once(agent: Any, state: str, ask: Any) -> None:
    runs = Runs()
    with get_usage_metadata_callback() as counted:
        told = ask(agent, QUESTION, {"callbacks": [runs]})
    asked, said = answers(told)
    assert [call["args"] for call in asked.tool_calls] == [{"city": "Berlin"}]
    assert [m.text for m in told["messages"] if isinstance(m, ToolMessage)] == ["sunny in Berlin"]
    assert said.text == SAID
    assert said.response_metadata["model_name"] == NAMES[state]
    assert tokens_of([asked, said]) == 2 * ONE_ANSWER
    assert {name: usage["total_tokens"] for name, usage in counted.usage_metadata.items()} == {
        NAMES[state]: 2 * ONE_ANSWER
    }
    assert runs.were(2)
    assert runs.tokens[said.id] == SAID


@STREAMS
def test_values_and_updates_hold_the_same_messages(agent: Any, stream: Any) -> None:
    parts = stream(agent, ["values", "updates"])
    values = [part for mode, part in parts if mode == "values"]
    updates = [part for mode, part in parts if mode == "updates"]
    new = [m for update in updates for node in update.values() for m in node["messages"]]
    assert [m.id for m in values[-1]["messages"][1:]] == [m.id for m in new]
    assert answers(values[-1])[-1].text == SAID
    assert tokens_of(answers(values[-1])) == 2 * ONE_ANSWER


@STREAMS
def test_one_mode_alone_is_as_langgraph_has_it(agent: Any, stream: Any) -> None:
    assert answers(stream(agent, "values")[-1])[-1].text == SAID
    assert stream(agent, "custom") == []


@STREAMS
def test_messages_are_told_word_by_word_under_the_ids_of_the_state(agent: Any, stream: Any) -> None:
    runs = Runs()
    parts = stream(agent, ["messages", "values"], {"callbacks": [runs]})
    pairs = [part for mode, part in parts if mode == "messages"]
    final = answers([part for mode, part in parts if mode == "values"][-1])
    assert texts(pairs) == {message.id: message.text for message in final}
    chunks = [chunk for chunk, _ in pairs if isinstance(chunk, AIMessageChunk)]
    assert [c.text for c in chunks if c.text] == ["It ", "is ", "sunny ", "in ", "Berlin."]
    assert tokens_of(chunks) == 2 * ONE_ANSWER  # type: ignore[arg-type]
    assert runs.were(2)


@STREAMS
def test_subgraph_tells_its_tokens_once(agent: Any, stream: Any) -> None:
    from langgraph.graph import START, MessagesState, StateGraph

    host = StateGraph(MessagesState)
    host.add_node("weather", agent)
    host.add_edge(START, "weather")
    parts = stream(host.compile(), ["messages", "values"], subgraphs=True)
    assert {bool(place) for place, _, _ in parts} == {True, False}
    said = texts(part for _, mode, part in parts if mode == "messages")
    assert [text for text in said.values() if text] == [SAID]
    root = [part for place, mode, part in parts if mode == "values" and not place][-1]
    assert {message.id for message in answers(root)} == set(said)


def test_events_of_the_second_version(agent: Any, state: str) -> None:
    async def events() -> list[Any]:
        return [event async for event in agent.astream_events(QUESTION, version="v2")]

    told = asyncio.run(events())
    kinds = Counter(event["event"] for event in told)
    assert (kinds["on_chat_model_start"], kinds["on_chat_model_end"]) == (2, 2)
    pieces = [each["data"]["chunk"] for each in told if each["event"] == "on_chat_model_stream"]
    assert "".join(piece.text for piece in pieces) == SAID
    ends = [each["data"]["output"] for each in told if each["event"] == "on_chat_model_end"]
    assert tokens_of(ends) == 2 * ONE_ANSWER


def third(agent: Any) -> list[AIMessage]:
    return [message.output for message in agent.stream_events(QUESTION, version="v3").messages]


def athird(agent: Any) -> list[AIMessage]:
    async def messages() -> list[AIMessage]:
        run = await agent.astream_events(QUESTION, version="v3")
        return [await message.output async for message in run.messages]

    return asyncio.run(messages())


@pytest.mark.filterwarnings("ignore:The v3 streaming protocol")
@pytest.mark.parametrize("ask", [third, athird])
def test_events_of_the_third_version(agent: Any, ask: Any) -> None:
    told = ask(agent)
    assert [message.text for message in told] == ["", SAID]
    assert [bool(message.tool_calls) for message in told] == [True, False]
    assert tokens_of(told) == 2 * ONE_ANSWER


@STREAMS
def test_tokens_of_an_abandoned_attempt_stand_under_another_id(
    model: ChatRelay, gemini: GeminiServer, groq: GroqServer, stream: Any
) -> None:
    half = b"".join(gemini_api.event(MODEL, [{"text": text}]) for text in ("Half an ", "answer"))
    gemini.plays(Stream(half, cut=True))
    groq.plays(says(SAID))
    parts = stream(create_agent(model, []), ["messages", "values"])
    said = texts(part for mode, part in parts if mode == "messages")
    (final,) = answers([part for mode, part in parts if mode == "values"][-1])
    assert said.pop(final.id) == final.text == SAID
    assert list(said.values()) == ["Half an answer"]
    assert tokens_of([final]) == ONE_ANSWER


def test_tokens_arrive_while_the_model_still_speaks(model: ChatRelay, gemini: GeminiServer) -> None:
    gemini.plays(Held("The beginning ", "and the end."))
    agent: Any = create_agent(model, [])
    stream = agent.stream(QUESTION, stream_mode="messages")
    first = [next(stream)[0].text, next(stream)[0].text]
    gemini.let_go()
    assert first == ["The ", "beginning "]
    assert "".join(chunk.text for chunk, _ in stream) == "and the end."


@pytest.mark.filterwarnings("ignore:create_react_agent has been moved")  # langgraph-supervisor's
@WAYS
def test_supervisor_hands_over_and_answers(
    model: ChatRelay, answering: ProviderServer, ask: Any
) -> None:
    answering.plays(calls("transfer_to_weather"), *TWO_CALLS, says("Sunny, says weather."))
    worker = create_agent(model, tools=[get_weather], name="weather")
    runs = Runs()
    told = ask(create_supervisor([worker], model=model).compile(), QUESTION, {"callbacks": [runs]})
    assert (told["messages"][-1].name, told["messages"][-1].text) == (
        "supervisor",
        "Sunny, says weather.",
    )
    assert SAID in [message.text for message in told["messages"]]
    assert runs.were(4)


@WAYS
def test_deep_agent_answers_through_a_subagent(
    model: ChatRelay, answering: ProviderServer, ask: Any
) -> None:
    handed = calls("task", description="the weather in Berlin", subagent_type="weather")
    answering.plays(handed, *TWO_CALLS, says("Sunny."))
    weather: Any = {"name": "weather", "description": "Knows the weather.", "tools": [get_weather]}
    weather["system_prompt"] = "Tell the weather."
    agent = create_deep_agent(model, subagents=[weather])
    runs = Runs()
    told = ask(agent, QUESTION, {"callbacks": [runs]})
    assert told["messages"][-1].text == "Sunny."
    assert tokens_of(answers(told)) == 2 * ONE_ANSWER, "the subagent's are not in this state"
    assert runs.were(4)


@WAYS
def test_agent_answers_in_the_form_of_a_schema(
    model: ChatRelay, answering: ProviderServer, ask: Any
) -> None:
    answering.plays(
        calls("get_weather", city="Berlin"), calls("Weather", city="Berlin", sunny=True)
    )
    agent = create_agent(model, tools=[get_weather], response_format=Weather)
    runs = Runs()
    told = ask(agent, QUESTION, {"callbacks": [runs]})
    assert told["structured_response"] == Weather(city="Berlin", sunny=True)
    assert tokens_of(answers(told)) == 2 * ONE_ANSWER
    assert runs.were(2)


WRAPPED: dict[str, Callable[[ChatRelay], Any]] = {
    "with_retry": lambda model: model.with_retry(stop_after_attempt=2),
    "with_config": lambda model: model.with_config(tags=["host"], run_name="answer"),
    "with_fallbacks": lambda model: model.with_fallbacks([model]),
    "configurable_fields": lambda model: model.configurable_fields(
        max_tokens=ConfigurableField(id="longest")
    ).with_config(configurable={"longest": 7}),
}


@WAYS
@pytest.mark.parametrize("name", WRAPPED)
def test_wrapped_model_is_asked_once(
    model: ChatRelay, state: str, answering: ProviderServer, ask: Any, name: str
) -> None:
    answering.plays(says(SAID))
    runs = Runs()
    answer = ask(WRAPPED[name](model), "hi", {"callbacks": [runs]})
    assert (answer.text, tokens_of([answer])) == (SAID, ONE_ANSWER)
    assert (runs.were(1), answering.calls) == (True, 1)
    if name == "configurable_fields":
        body = answering.requests[0]["body"]
        config = body["generationConfig"] if state == "up" else body
        assert 7 in config.values()


def batched(model: Any, config: Any) -> Any:
    return model.batch(["one", "two", "three"], config)


def abatched(model: Any, config: Any) -> Any:
    return asyncio.run(model.abatch(["one", "two", "three"], config))


@pytest.mark.parametrize("ask", [batched, abatched])
def test_batch_is_answered_in_its_order(
    make_settings: Callable[..., Settings], answering: ProviderServer, ask: Any
) -> None:
    answering.decide = lambda body: Answer(_last_words(body).upper())
    runs = Runs()
    told = ask(ChatRelay(settings=make_settings()), {"callbacks": [runs], "max_concurrency": 2})
    assert [answer.text for answer in told] == ["ONE", "TWO", "THREE"]
    assert tokens_of(told) == 3 * ONE_ANSWER
    assert sorted(map(str, runs.begun)) == sorted(map(str, runs.ended))
    assert len(set(runs.begun)) == 3
    assert len({answer.id for answer in told}) == 3


def _last_words(body: dict[str, Any]) -> str:
    if "contents" in body:
        return str(body["contents"][-1]["parts"][0]["text"])
    return str(body["messages"][-1]["content"])
