"""Draw the graph.

begin_turn -> call_model -> weigh -> confirm -> run_tools -> call_model -> ... -> end_turn
"""

from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.prebuilt import ToolNode

from ..tools import Context, TaskTools
from .dependencies import DependencySource
from .log_context import anamed, named
from .nodes.end_turn import Ending
from .nodes.model_nodes import Nodes, tell_refusal
from .nodes.tool_nodes import Acting
from .routes import refuse, route_answered, route_begun, route_tools, route_weighed, stop
from .state import Messages, State


def draw(
    source: DependencySource, tools: TaskTools
) -> StateGraph[State, Context, Messages, Messages]:
    """Return the graph, not yet compiled."""
    nodes = Nodes(source)
    acting = Acting(source, ToolNode(tools.all(), handle_tool_errors=tell_refusal))
    ending = Ending(source)
    graph = StateGraph(State, context_schema=Context, input_schema=Messages, output_schema=Messages)
    graph.add_node("begin_turn", RunnableLambda(named(nodes.begin_turn), anamed(nodes.abegin_turn)))
    graph.add_node("call_model", RunnableLambda(named(nodes.call_model), anamed(nodes.acall_model)))
    graph.add_node("weigh", named(acting.weigh))
    graph.add_node("confirm", named(acting.confirm))
    graph.add_node("run_tools", named(acting.run_tools))
    graph.add_node("stop", stop)
    graph.add_node("end_turn", RunnableLambda(named(ending.end_turn), anamed(ending.aend_turn)))
    graph.add_node("refuse", refuse)
    graph.add_edge(START, "begin_turn")
    graph.add_conditional_edges("begin_turn", route_begun)
    graph.add_conditional_edges("call_model", route_answered)
    graph.add_conditional_edges("weigh", route_weighed)
    graph.add_edge("confirm", "run_tools")
    graph.add_conditional_edges("run_tools", route_tools)
    graph.add_edge("stop", "end_turn")
    graph.add_edge("end_turn", END)
    graph.add_edge("refuse", END)
    return graph
