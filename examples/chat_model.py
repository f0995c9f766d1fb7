"""An agent that goes on when its first model fails: `python examples/chat_model.py "QUESTION"`."""

import sys

from langchain.agents import create_agent
from langchain_core.messages import HumanMessage

from app import ChatRelay


def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"It is sunny in {city}."


agent = create_agent(model=ChatRelay(), tools=[get_weather])


def main() -> None:
    """Ask, and tell which model answered."""
    question = " ".join(sys.argv[1:]) or "How is the weather in Berlin?"
    answer = agent.invoke({"messages": [HumanMessage(question)]})["messages"][-1]
    print(answer.text)
    print("answered by", answer.response_metadata["model_name"], file=sys.stderr)


if __name__ == "__main__":
    main()
