"""The graph that `langgraph.json` serves; the server brings the checkpointer."""

from app.agent import default_agent

graph = default_agent().graph()
