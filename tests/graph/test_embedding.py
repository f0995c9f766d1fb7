"""Use the graph as other programs do: called, nested, with and without an event loop."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

from app import Settings, ThreadOwnerError, build_graph
from app.runtime import close_container, shared_container
from tests.conftest import provider_settings
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says

ADDS = calls("add_task", title="x")


@pytest.fixture
def settings(
    gemini: GeminiServer, groq: GroqServer, data_dir: Path, lay_stores: Callable[..., Path]
) -> Iterator[Settings]:
    lay_stores(data_dir)
    made = Settings(**provider_settings(gemini, groq), data_dir=data_dir, timezone="UTC")  # type: ignore[arg-type]
    yield made
    close_container(shared_container(made))


def ask(text: str) -> Any:
    return {"messages": [HumanMessage(text)]}


def owners(data_dir: Path) -> list[str]:
    connection = sqlite3.connect(data_dir / "tasks.db")
    found = [row[0] for row in connection.execute("SELECT user_id FROM task_relay_tasks")]
    connection.close()
    return found


def test_invoke_and_ainvoke_give_the_same(settings: Settings, gemini: GeminiServer) -> None:
    graph = build_graph(settings)
    gemini.plays(gemini_api.OVERLOADED)
    plain = graph.invoke(ask("hi"))["messages"][-1]
    awaited = asyncio.run(graph.ainvoke(ask("hi")))["messages"][-1]
    assert plain.text == awaited.text == "Hello! How can I help?"
    assert plain.response_metadata["provider"] == awaited.response_metadata["provider"] == "groq"


def test_invoke_inside_a_running_event_loop_works(settings: Settings) -> None:
    async def careless() -> str:
        return str(build_graph(settings).invoke(ask("hi"))["messages"][-1].text)

    assert asyncio.run(careless()) == "Hello! How can I help?"


def test_many_threads_invoke_at_once(settings: Settings) -> None:
    graph = build_graph(settings)
    answers: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(graph.invoke(ask("hi"))["messages"][-1].text)
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == ["Hello! How can I help?"] * 6


@pytest.mark.parametrize("run", ["plain", "async"])
def test_tokens_travel_as_a_stream_of_messages(
    settings: Settings, gemini: GeminiServer, run: str
) -> None:
    gemini.plays(says("one two three"))
    graph = build_graph(settings)

    async def collect() -> list[Any]:
        return [chunk async for chunk in graph.astream(ask("count"), stream_mode="messages")]

    if run == "plain":
        chunks: list[Any] = list(graph.stream(ask("count"), stream_mode="messages"))
    else:
        chunks = asyncio.run(collect())
    assert [chunk.text for chunk, _ in chunks if chunk.text] == ["one ", "two ", "three"]


def test_tokens_of_a_failed_attempt_carry_another_message_id(
    settings: Settings, gemini: GeminiServer, groq: GroqServer
) -> None:
    from tests.fakes.steps import Stream

    half = b'data: {"candidates": [{"content": {"parts": [{"text": "half "}], "role": "model"}}]}'
    gemini.plays(Stream(half + b"\r\n\r\n", cut=True))
    groq.plays(says("whole"))
    chunks: list[Any] = list(build_graph(settings).stream(ask("x"), stream_mode="messages"))
    ids = {chunk.text.strip(): chunk.id for chunk, _ in chunks if chunk.text}
    assert ids["half"] != ids["whole"]


@dataclass
class ParentContext:
    """A host's own context, which knows nothing of ours."""

    tenant: str


def test_nested_in_a_graph_with_a_context_of_its_own(
    settings: Settings, gemini: GeminiServer, data_dir: Path
) -> None:
    gemini.plays(ADDS, says("Added."))
    parent = StateGraph(MessagesState, context_schema=ParentContext)
    parent.add_node("relay", build_graph(settings))
    parent.add_edge(START, "relay")
    host = parent.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1", "user_id": "carol"}}
    state = host.invoke(ask("add x"), config, context=ParentContext("acme"))
    assert state["messages"][-1].text == "Added."
    assert owners(data_dir) == ["carol"]


def test_host_without_any_context_gets_the_settings_user(
    settings: Settings, gemini: GeminiServer, data_dir: Path
) -> None:
    gemini.plays(ADDS, says("Added."))
    build_graph(settings).invoke(ask("add x"))
    assert owners(data_dir) == ["local"]


def test_signed_in_user_of_a_server_wins_over_what_the_client_sends(
    settings: Settings, gemini: GeminiServer, data_dir: Path
) -> None:
    gemini.plays(ADDS, says("Added."))
    config: Any = {"configurable": {"langgraph_auth_user": {"identity": "dora"}}}
    build_graph(settings).invoke(ask("add x"), config, context={"user_id": "mallory"})
    assert owners(data_dir) == ["dora"]


def test_thread_of_another_user_is_refused(settings: Settings, gemini: GeminiServer) -> None:
    graph = build_graph(settings, checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t"}}
    graph.invoke(ask("My secret is 42"), config, context={"user_id": "alice"})
    before = gemini.calls
    with pytest.raises(ThreadOwnerError):
        graph.invoke(ask("What is it?"), config, context={"user_id": "bob"})
    assert gemini.calls == before
    state = graph.invoke(ask("And now?"), config, context={"user_id": "alice"})
    assert [m.text for m in state["messages"] if m.type == "human"] == [
        "My secret is 42",
        "And now?",
    ]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "x" * 300])
def test_unknown_zone_of_a_client_is_an_ordinary_answer(
    settings: Settings, gemini: GeminiServer, zone: str
) -> None:
    state = build_graph(settings).invoke(ask("hi"), context={"timezone": zone})
    assert "is unknown; send an IANA time zone" in state["messages"][-1].text
    assert gemini.calls == 0


def test_prompts_last_line_is_todays_date_in_the_persons_zone(
    settings: Settings, gemini: GeminiServer, data_dir: Path
) -> None:
    build_graph(settings).invoke(ask("hi"), context={"timezone": "Pacific/Kiritimati"})
    (part,) = gemini.requests[-1]["body"]["systemInstruction"]["parts"]
    last = part["text"].splitlines()[-1]
    assert last.startswith("Today is ")
    assert last.endswith(", time zone Pacific/Kiritimati.")
    assert len(part["text"]) / 3.5 < 300


def test_turn_that_died_before_its_tools_ran_does_not_poison_the_thread(
    settings: Settings, gemini: GeminiServer, groq: GroqServer
) -> None:
    graph = build_graph(settings, checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t"}}
    call = {"name": "add_task", "args": {"title": "x"}, "id": "c1", "type": "tool_call"}
    dead = [HumanMessage("add x"), AIMessage("", tool_calls=[call])]
    graph.update_state(config, {"messages": dead, "owner": "local"}, as_node="call_model")
    assert graph.invoke(ask("still there?"), config)["messages"][-1].text.startswith("Hello")
    gemini.plays(gemini_api.OVERLOADED)
    assert graph.invoke(ask("and now?"), config)["messages"][-1].text.startswith("Hello")
    assert "Not run: the person said something else" in str(groq.requests[-1]["body"])


def test_graphs_of_the_same_settings_share_log_clients_and_database(
    settings: Settings, gemini: GeminiServer, data_dir: Path
) -> None:
    async def two_graphs() -> None:
        for _ in range(2):
            await build_graph(settings).ainvoke(ask("hi"))

    asyncio.run(two_graphs())
    assert len({request["port"] for request in gemini.requests}) == 1
    close_container(shared_container(settings))
    assert (data_dir / "logs" / "app.log").read_text().count("Processing message") == 2


def test_run_may_say_which_model_is_asked_first(
    settings: Settings, gemini: GeminiServer, groq: GroqServer
) -> None:
    def ask(name: str) -> Any:
        config: Any = {"configurable": {"ask_first": name}}
        return build_graph(settings).invoke({"messages": [("user", "Hi")]}, config)["messages"][-1]

    groq.plays(groq_api.OVERLOADED, says("From Groq."))
    assert ask("groq").response_metadata["provider"] == "gemini"
    assert ask("groq").text == "From Groq."
    assert gemini.calls == 1
    assert ask("mistral").text == 'There is no "mistral" in the model chain; it has gemini, groq.'
