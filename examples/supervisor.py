"""Two Task Relays and another agent under one supervisor.

`python examples/supervisor.py "REQUEST"`

The tasks of work and of home are two users', so that neither sees the other's.
"""

import sys

from langchain.agents import create_agent
from langgraph.checkpoint.memory import InMemorySaver
from langgraph_supervisor import create_supervisor

from app import ChatRelay, build_graph

work = build_graph(name="work").with_config(configurable={"user_id": "ann-at-work"})
home = build_graph(name="home").with_config(configurable={"user_id": "ann-at-home"})
talk = create_agent(ChatRelay(), [], name="talk", system_prompt="You make small talk.")

team = create_supervisor(
    [work, home, talk],
    model=ChatRelay(),
    prompt="Hand tasks of the job over to `work`, other tasks to `home`, and the rest to `talk`.",
).compile(checkpointer=InMemorySaver())


def main() -> None:
    """Pass the request on."""
    request = {"messages": [("user", " ".join(sys.argv[1:]) or "Show my tasks at home")]}
    state = team.invoke(request, {"configurable": {"thread_id": "1"}})
    for message in state["messages"][1:]:
        if message.text:
            print(f"{message.name or message.type}: {message.text}")


if __name__ == "__main__":
    main()
