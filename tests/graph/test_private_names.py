"""LangGraph's private name that the graph reads: a version that changes it is told here."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

from app.graph.run_config import CHECKPOINTER, is_nested

CHANGED = (
    f'LangGraph no longer gives a node the checkpointer under "{CHECKPOINTER}" in `configurable`: '
    "app/graph/run_config.py would say that nobody can be asked, and large changes be declined."
)
THREAD: Any = {"configurable": {"thread_id": "1"}}


def test_langgraph_tells_a_node_who_keeps_its_thread_under_the_name_that_we_read() -> None:
    told: list[object] = []

    def look(state: MessagesState, config: RunnableConfig) -> dict[str, Any]:
        told.append((config.get("configurable") or {}).get(CHECKPOINTER))
        return {}

    inner = StateGraph(MessagesState).add_node("look", look).add_edge(START, "look")
    outer = StateGraph(MessagesState).add_node("inner", inner.compile()).add_edge(START, "inner")
    saver = InMemorySaver()
    inner.compile(checkpointer=saver).invoke({"messages": []}, THREAD)
    outer.compile(checkpointer=saver).invoke({"messages": []}, THREAD)
    assert told == [saver, saver], CHANGED
    inner.compile().invoke({"messages": []}, THREAD)
    assert told[2] is None, CHANGED


def test_langgraph_s_namespace_tells_a_node_that_its_graph_is_a_part_of_another() -> None:
    told: list[bool] = []

    def look(state: MessagesState, config: RunnableConfig) -> dict[str, Any]:
        told.append(is_nested(config))
        return {}

    inner = StateGraph(MessagesState).add_node("look", look).add_edge(START, "look")
    outer = StateGraph(MessagesState).add_node("inner", inner.compile()).add_edge(START, "inner")
    for saver in (None, InMemorySaver()):
        inner.compile(checkpointer=saver).invoke({"messages": []}, THREAD)
        outer.compile(checkpointer=saver).invoke({"messages": []}, THREAD)
    assert told == [False, True, False, True]
