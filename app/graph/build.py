"""Draw the graph.

begin_turn -> call_model -> weigh -> confirm -> run_tools -> call_model -> ... -> end_turn
"""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph

from ..tools import Context, ToolSet
from .dependencies import Dependencies
from .healing import aamong_own, among_own
from .log_context import AsyncNode, Node, ain_log_context, in_log_context
from .nodes import BeginTurn, EndTurn, ModelNode, ToolNodes
from .routes import refuse, route_begun, route_weighed
from .state import Messages, State


def draw(
    container: Callable[[], Dependencies],
    open_container: Callable[[], Awaitable[Dependencies]],
    tools: ToolSet,
    name: str,
) -> StateGraph[State, Context, Messages, Messages]:
    """Return the graph, not yet compiled.

    The names of the nodes and of the state's keys are in every stored thread.

    Args:
        container: Gives what the nodes need, asked when they run; slow the first time.
        open_container: Does so on an event loop, with the providers' clients open.
        tools: What the model may call.
        name: The agent's name, which its answers carry.
    """
    begin, model, acting, end = (
        BeginTurn(container, open_container, name),
        ModelNode(container, open_container, tools.effects, name),
        ToolNodes(container, tools, name),
        EndTurn(container, name),
    )
    graph = StateGraph(State, context_schema=Context, input_schema=Messages, output_schema=Messages)
    beginning = in_log_context(begin.begin_turn), ain_log_context(begin.abegin_turn)
    graph.add_node("begin_turn", RunnableLambda(*beginning))
    graph.add_node("call_model", _node(model.call_model, model.acall_model))
    graph.add_node("weigh", in_log_context(among_own(acting.weigh)))
    graph.add_node("confirm", in_log_context(among_own(acting.confirm)))
    graph.add_node("run_tools", in_log_context(among_own(acting.run_tools)))
    graph.add_node("stop", in_log_context(among_own(acting.stop)))
    graph.add_node("end_turn", _node(end.end_turn, end.aend_turn))
    graph.add_node("refuse", refuse)
    graph.add_edge(START, "begin_turn")
    graph.add_conditional_edges("begin_turn", route_begun)
    graph.add_conditional_edges("call_model", acting.route_answered)
    graph.add_conditional_edges("weigh", route_weighed)
    graph.add_edge("confirm", "run_tools")
    graph.add_conditional_edges("run_tools", acting.route_ran)
    graph.add_edge("stop", "end_turn")
    graph.add_edge("end_turn", END)
    graph.add_edge("refuse", END)
    return graph


def _node(node: Node, anode: AsyncNode) -> RunnableLambda[State, dict[str, Any]]:
    """Return a node for callers with and without an event loop."""
    return RunnableLambda(in_log_context(among_own(node)), ain_log_context(aamong_own(anode)))
