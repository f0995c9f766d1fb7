"""LangGraph's private name that the graph reads: a version that changes it is told here."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

from app.graph.run_config import CHECKPOINTER

CHANGED = (
    f'LangGraph no longer gives a node the checkpointer under "{CHECKPOINTER}" in `configurable`: '
    "app/graph/nodes/tool_nodes.py would decline every change that has to be confirmed."
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
