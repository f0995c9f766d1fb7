"""A server has one checkpointer for all its graphs: what isn't ours stays as LangGraph keeps it."""

import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from langgraph.channels import DeltaChannel
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

from app import build_graph
from app.conversations import ConversationSaver, open_conversations
from app.conversations.savers.own_threads import NODES
from app.settings import Settings

CONFIG: Any = {"configurable": {"thread_id": "t"}}
TURNS = 12


@pytest.fixture
def saver(database_url: str, data_dir: Path) -> Iterator[ConversationSaver]:
    """The conversations, in each store, which keep little of our own threads."""
    settings = Settings(database_url=database_url, data_dir=data_dir, keep_checkpoints=1)
    opened = open_conversations(settings)
    yield opened
    opened.close()


def _joined(known: list[str], updates: Any) -> list[str]:
    return known + [word for update in updates for word in update]


class Delta(TypedDict):
    said: Annotated[list[str], DeltaChannel(_joined, list, snapshot_frequency=7)]


class Counted(TypedDict, total=False):
    owner: str
    asked: int
    count: Annotated[int, operator.add]


def of_differences(saver: Any) -> Any:
    graph = StateGraph(Delta)
    graph.add_node("answer", lambda state: {"said": ["answer"]})
    graph.add_edge(START, "answer")
    return graph.compile(checkpointer=saver)


def with_memory_below(saver: Any, node: str = "host") -> Any:
    """Return a graph that asks a subgraph with a memory of its own where `asked` says so.

    The subgraph has a node of ours, as our own graph in a host's has.
    """
    below = StateGraph(Counted)
    below.add_node("begin_turn", lambda state: {"count": 1})
    below.add_edge(START, "begin_turn")
    inner = below.compile(checkpointer=True)
    above = StateGraph(Counted)

    def ask(state: Counted) -> Counted:
        return {"count": inner.invoke({"count": 0})["count"]} if state.get("asked") else {}

    above.add_node(node, ask)
    above.add_edge(START, node)
    return above.compile(checkpointer=saver)


def test_channel_of_differences_is_read_back_whole(saver: ConversationSaver) -> None:
    graph = of_differences(saver)
    for turn in range(TURNS):
        graph.invoke({"said": [f"question {turn}"]}, CONFIG)
    said = graph.get_state(CONFIG).values["said"]
    assert said == [word for turn in range(TURNS) for word in (f"question {turn}", "answer")]


def test_memory_of_a_subgraph_and_history_stay_as_upstream_keeps_them(
    saver: ConversationSaver,
) -> None:
    ours, upstream = with_memory_below(saver), with_memory_below(InMemorySaver())
    for turn in range(TURNS):
        asked = {"asked": int(turn in (0, 1, 8, 11)), "owner": "ann"}
        assert ours.invoke(asked, CONFIG) == upstream.invoke(asked, CONFIG)
    assert len(list(ours.get_state_history(CONFIG))) == len(
        list(upstream.get_state_history(CONFIG))
    )
    assert saver.threads_of("ann") == set(), "a host's thread was taken for ours"


def test_thread_in_which_another_graph_ran_too_is_not_cut(saver: ConversationSaver) -> None:
    for node in ("host", "begin_turn", "begin_turn", "begin_turn"):
        with_memory_below(saver, node).invoke({"asked": 0}, CONFIG)
    assert len(list(saver.list(CONFIG))) == 4 * 3


def test_nodes_of_our_graph_are_those_that_tell_our_threads() -> None:
    nodes = {name for name in build_graph().get_graph().nodes if not name.startswith("__")}
    assert nodes == NODES


@pytest.mark.parametrize("turns", [1, 3, 4, 7, 9])
def test_pruned_thread_keeps_what_its_newest_checkpoint_is_built_from(
    saver: ConversationSaver, turns: int
) -> None:
    graph = of_differences(saver)
    for turn in range(turns):
        graph.invoke({"said": [str(turn)]}, CONFIG)
    before = graph.get_state(CONFIG).values["said"]
    count = len(list(saver.list(CONFIG)))
    saver.prune(["t"])
    assert graph.get_state(CONFIG).values["said"] == before
    assert len(list(saver.list(CONFIG))) < count or turns < 4
    graph.invoke({"said": ["more"]}, CONFIG)
    assert graph.get_state(CONFIG).values["said"] == [*before, "more", "answer"]


@pytest.mark.parametrize("strategy", ["delete", "delete_all"])
def test_both_words_for_deleting_delete(saver: ConversationSaver, strategy: str) -> None:
    of_differences(saver).invoke({"said": ["x"]}, CONFIG)
    saver.prune(["t"], strategy=strategy)
    assert list(saver.list(CONFIG)) == []


def test_unknown_word_is_refused_and_nothing_goes(saver: ConversationSaver) -> None:
    of_differences(saver).invoke({"said": ["x"]}, CONFIG)
    before = len(list(saver.list(CONFIG)))
    with pytest.raises(ValueError, match="not 'keep_lates'"):
        saver.prune(["t"], strategy="keep_lates")
    assert len(list(saver.list(CONFIG))) == before


GRAPHS: dict[str, Callable[[Any], Any]] = {
    "differences": of_differences,
    "memory below": with_memory_below,
}
INPUTS: dict[str, Any] = {"differences": {"said": ["x"]}, "memory below": {"asked": 1}}


@pytest.mark.parametrize("kind", GRAPHS)
def test_copied_thread_goes_on_by_itself(saver: ConversationSaver, kind: str) -> None:
    graph, given = GRAPHS[kind](saver), INPUTS[kind]
    for _ in range(3):
        graph.invoke(given, CONFIG)
    copied: Any = {"configurable": {"thread_id": "copy"}}
    saver.copy_thread("t", "copy")
    assert graph.get_state(copied).values == graph.get_state(CONFIG).values
    assert graph.invoke(given, copied) == graph.invoke(given, CONFIG)
    saver.forget("t")
    assert graph.get_state(copied).values


def test_copy_onto_a_thread_that_holds_something_is_refused(saver: ConversationSaver) -> None:
    graph = of_differences(saver)
    graph.invoke({"said": ["mine"]}, CONFIG)
    graph.invoke({"said": ["theirs"]}, {"configurable": {"thread_id": "other"}})
    with pytest.raises(ValueError, match="already"):
        saver.copy_thread("t", "other")
    other: Any = {"configurable": {"thread_id": "other"}}
    assert graph.get_state(other).values["said"] == ["theirs", "answer"]
