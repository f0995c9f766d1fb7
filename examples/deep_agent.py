"""A deep agent whose subagent is Task Relay: `python examples/deep_agent.py "REQUEST"`."""

import sys

from deepagents import CompiledSubAgent, create_deep_agent
from langchain_core.messages import HumanMessage

from app import ChatRelay, build_graph

agent = create_deep_agent(
    model=ChatRelay(),
    subagents=[
        CompiledSubAgent(
            name="tasks",
            description="Keeps the person's to-do list. Give it the whole request.",
            runnable=build_graph(name="tasks"),
        )
    ],
)


def main() -> None:
    """Pass the request on."""
    request = HumanMessage(" ".join(sys.argv[1:]) or "Show my tasks")
    state = agent.invoke({"messages": [request]}, {"configurable": {"user_id": "ann"}})
    print(state["messages"][-1].text)


if __name__ == "__main__":
    main()
