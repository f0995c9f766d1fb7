"""Task Relay as a node of your graph, and as a tool of your agent.

`python examples/node_and_tool.py "REQUEST"`
"""

import sys

from langchain.agents import create_agent
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph

from app import ChatRelay, build_graph


def greet(state: MessagesState) -> dict[str, list[SystemMessage]]:
    """Do something of your own first."""
    return {"messages": [SystemMessage("The person's name is Ann.")]}


host = StateGraph(MessagesState)
host.add_node("greet", greet)
host.add_node("tasks", build_graph(name="tasks"))
host.add_edge(START, "greet")
host.add_edge("greet", "tasks")
as_node = host.compile(checkpointer=InMemorySaver())

as_tool = create_agent(
    model=ChatRelay(),
    tools=[build_graph().as_tool(name="tasks")],
    system_prompt="Pass everything about tasks on to your tool `tasks`, in the person's words.",
)


def main() -> None:
    """Say the same to both."""
    request = HumanMessage(" ".join(sys.argv[1:]) or "Show my tasks")
    run: RunnableConfig = {"configurable": {"thread_id": "1", "user_id": "ann"}}
    print("as a node:", as_node.invoke({"messages": [request]}, run)["messages"][-1].text)
    print("as a tool:", as_tool.invoke({"messages": [request]}, run)["messages"][-1].text)


if __name__ == "__main__":
    main()
