"""What `langgraph.json` serves: the graph, and the threads that it shares with the terminal."""

try:
    from ..agent import default_agent
except ImportError:  # LangGraph's server loads this file by its path, as a module without a package
    from app.agent import default_agent

graph = default_agent().graph()
checkpointer = default_agent().checkpointer
