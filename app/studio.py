"""What `langgraph.json` serves: the graph, and the threads that it shares with the terminal."""

from app.agent import default_agent

graph = default_agent().graph()
checkpointer = default_agent().checkpointer
