"""The task tools in your own agent: `python examples/tools_alone.py "REQUEST"`.

A change of many tasks waits for a yes.
"""

import sys

from langchain.agents import create_agent
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from app import ChatRelay, confirm_large_changes, task_tools

USER = "ann"

agent = create_agent(
    model=ChatRelay(),
    tools=task_tools(user_id=USER),
    middleware=[confirm_large_changes(user_id=USER)],
    system_prompt="You keep the person's tasks with your tools.",
    checkpointer=InMemorySaver(),
)


def main() -> None:
    """Pass the request on; ask the person where it is large."""
    request = HumanMessage(" ".join(sys.argv[1:]) or "Show my tasks")
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}}
    state = agent.invoke({"messages": [request]}, thread)
    while question := state.get("__interrupt__"):
        requests = question[0].value["action_requests"]
        print(*(each["description"] for each in requests), sep="\n")
        decision = "approve" if input("Do it? y/n: ").strip() == "y" else "reject"
        answer = {"decisions": [{"type": decision} for _ in requests]}
        state = agent.invoke(Command(resume=answer), thread)
    print(state["messages"][-1].text)


if __name__ == "__main__":
    main()
