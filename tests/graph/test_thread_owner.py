"""Whose a thread is, in a host's program: who begins it, and nobody else, whatever is sent."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, Overwrite

from app import InputError, Settings, ThreadOwnerError, build_graph
from app.graph.ownership import ThreadOwner
from app.runtime import Graph, close_container, shared_container
from tests.conftest import provider_settings
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import calls, says

ANN, BOB = {"user_id": "ann"}, {"user_id": "bob"}
SECRET = "my pin is 4711"
NODES = (
    *("__start__", "begin_turn", "call_model", "weigh", "confirm", "run_tools"),
    *("stop", "end_turn", "refuse"),
)

Ask = Callable[..., Any]


@pytest.fixture
def settings(
    gemini: GeminiServer, groq: GroqServer, data_dir: Path, lay_stores: Callable[..., Path]
) -> Any:
    lay_stores(data_dir)
    values: dict[str, Any] = {"data_dir": data_dir, **provider_settings(gemini, groq)}
    made = Settings(timezone="UTC", **values)
    yield made
    close_container(shared_container(made))


@pytest.fixture
def graph(settings: Settings) -> Graph:
    return build_graph(settings, checkpointer=InMemorySaver())


@pytest.fixture(params=["invoke", "ainvoke"])
def run(request: pytest.FixtureRequest, graph: Graph) -> Ask:
    """Run the graph, and return all that its stream tells."""

    def plain(said: Any, config: RunnableConfig, context: Any) -> list[Any]:
        return list(graph.stream(said, config, context=context, stream_mode=["values", "updates"]))

    async def on_a_loop(said: Any, config: RunnableConfig, context: Any) -> list[Any]:
        modes: Any = ["values", "updates"]
        return [
            one async for one in graph.astream(said, config, context=context, stream_mode=modes)
        ]

    if request.param == "invoke":
        return plain
    return lambda *args: asyncio.run(on_a_loop(*args))


def ask(text: str) -> dict[str, Any]:
    return {"messages": [("user", text)]}


def thread(key: str = "t") -> RunnableConfig:
    return {"configurable": {"thread_id": key}}


REMOVES = {"messages": [{"role": "remove", "content": "", "id": "__remove_all__"}]}
EDITS = {"messages": [{"role": "user", "content": "forged", "id": "m1"}]}


@pytest.mark.parametrize(
    "said",
    [
        ask("what is the pin?"),
        None,
        REMOVES,
        EDITS,
        Command(goto="call_model"),
        Command(goto="end_turn"),
        Command(goto="stop"),
        Command(update={"owner": "bob"}, goto="begin_turn"),
        Command(resume={"decisions": [{"type": "approve"}]}),
    ],
    ids=lambda said: str(said)[:40],
)
@pytest.mark.parametrize("more", [{}, {"timezone": "Mars/Base"}], ids=str)
def test_another_users_run_reads_and_changes_nothing(
    run: Ask, graph: Graph, gemini: GeminiServer, said: Any, more: dict[str, str]
) -> None:
    run({"messages": [{"role": "user", "content": SECRET, "id": "m1"}]}, thread(), ANN)
    before, asked = graph.get_state(thread()), gemini.calls
    heard: list[Any] = []
    with pytest.raises(ThreadOwnerError, match="belongs to another user"):
        heard += run(said, thread(), BOB | more)
    assert (heard, gemini.calls) == ([], asked)
    assert graph.get_state(thread()) == before


def test_nobody_is_shown_a_thread_without_a_user_id_that_can_be_used(
    run: Ask, graph: Graph
) -> None:
    run(ask(SECRET), thread(), ANN)
    before = graph.get_state(thread())
    with pytest.raises(InputError, match="has at most 200 characters"):
        run(ask("what is the pin?"), thread(), {"user_id": "x" * 300})
    assert graph.get_state(thread()) == before


@pytest.mark.parametrize(
    "owner", ["bob", ["bob"], {"__overwrite__": "bob"}, Overwrite("bob"), None]
)
@pytest.mark.parametrize("node", NODES)
def test_owner_is_not_written_from_outside(graph: Graph, node: str, owner: Any) -> None:
    graph.invoke(ask("hi"), thread(), context=ANN)
    graph.update_state(thread(), {"owner": owner, "messages": []}, as_node=node)
    assert graph.get_state(thread()).values["owner"] == "ann"
    with pytest.raises(ThreadOwnerError):
        graph.invoke(ask("hi"), thread(), context=BOB)
    assert graph.invoke(ask("hi"), thread(), context=ANN)["messages"][-1].type == "ai"


def test_owner_planted_in_a_new_thread_is_nobody(graph: Graph) -> None:
    graph.update_state(thread(), {"owner": "bob", "messages": []}, as_node="end_turn")
    assert "owner" not in graph.get_state(thread()).values
    graph.invoke(ask("hi"), thread(), context=ANN)
    assert graph.get_state(thread()).values["owner"] == "ann"


def test_stored_owner_of_an_earlier_version_is_the_owner() -> None:
    stored = ThreadOwner(str, "owner").from_checkpoint("ann")
    assert (stored.get(), stored.checkpoint()) == ("ann", "ann")
    assert not stored.update(["bob"])
    assert stored.get() == "ann"


@pytest.mark.parametrize("node", NODES)
def test_own_thread_is_edited_at_any_step_and_goes_on(
    graph: Graph, gemini: GeminiServer, node: str
) -> None:
    two_turns(graph, gemini)
    for checkpoint in list(graph.get_state_history(thread())):
        fork = graph.update_state(checkpoint.config, ask("instead of that"), as_node=node)
        state = graph.invoke(None, fork, context=ANN)
        if node in ("__start__", "begin_turn", "weigh", "confirm", "run_tools"):
            assert state["messages"][-1].text == "Fine."
            assert "instead of that" in str(gemini.requests[-1]["body"])
    assert gemini.refusals == []


@pytest.mark.parametrize("node", NODES)
def test_message_is_answered_after_an_edit_at_any_step(
    graph: Graph, settings: Settings, gemini: GeminiServer, node: str
) -> None:
    two_turns(graph, gemini)
    elsewhere = build_graph(settings, checkpointer=graph.checkpointer)  # type: ignore[arg-type]

    async def fork_each() -> None:
        for checkpoint in list(graph.get_state_history(thread())):
            fork = graph.update_state(checkpoint.config, ask("instead of that"), as_node=node)
            with pytest.raises(ThreadOwnerError):
                await elsewhere.ainvoke(ask("what is it?"), thread(), context=BOB)
            state = await graph.ainvoke(ask("and more"), fork, context=ANN)
            assert state["messages"][-1].text == "Fine."
            assert "instead of that" in str(gemini.requests[-1]["body"])

    asyncio.run(fork_each())
    assert gemini.refusals == []


def two_turns(graph: Graph, gemini: GeminiServer) -> None:
    """Have Ann say something twice, the second time with a tool, so that every step has run."""
    graph.invoke(ask("first"), thread(), context=ANN)
    gemini.plays(calls("add_task", title="x"), says("Added."))
    graph.invoke(ask("second"), thread(), context=ANN)
    gemini.plays(says("Fine."))


@pytest.mark.parametrize("node", NODES[1:-1])
def test_thread_that_is_edited_before_its_first_turn_is_of_who_goes_on(
    graph: Graph, node: str
) -> None:
    graph.update_state(thread(), ask(SECRET), as_node=node)
    graph.invoke(None, thread(), context=ANN)
    if node in ("stop", "end_turn"):
        return  # nothing was left to do, and nobody has said whose it is
    assert graph.get_state(thread()).values["owner"] == "ann"
    with pytest.raises(ThreadOwnerError):
        graph.invoke(ask("what is the pin?"), thread(), context=BOB)


def test_a_key_that_the_program_keeps_for_another_is_refused_in_a_host_too(
    run: Ask, settings: Settings, gemini: GeminiServer
) -> None:
    container = shared_container(settings)
    key = str(uuid4())
    container.transcript().begin("ann", key, "main", container.clock.now())
    for more in ({}, {"timezone": "Mars/Base"}):
        with pytest.raises(ThreadOwnerError):
            run(ask("hi"), thread(key), BOB | more)
    assert gemini.calls == 0
    assert container.thread_keys().owner_of(key) == "ann"
    run(ask("hi"), thread(key), ANN)


def test_ids_of_a_host_are_its_own_to_give_again(settings: Settings) -> None:
    for user in (ANN, BOB):
        anew = build_graph(settings, checkpointer=InMemorySaver())
        assert anew.invoke(ask("hi"), thread("1"), context=user)["messages"][-1].type == "ai"


def test_thread_is_looked_up_once_for_a_user_who_goes_on(settings: Settings) -> None:
    class Counting(InMemorySaver):
        asked = 0

        def get_tuple(self, config: RunnableConfig) -> Any:
            Counting.asked += 1
            return super().get_tuple(config)

    graph = build_graph(settings, checkpointer=Counting())
    graph.invoke(ask("hi"), thread(), context=ANN)
    graph.invoke(ask("hi"), thread(), context=ANN)
    before = Counting.asked
    graph.invoke(ask("hi"), thread(), context=ANN)
    assert Counting.asked == before + 1, "LangGraph's own reading of the thread, and no other"
