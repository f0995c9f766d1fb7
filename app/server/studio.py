"""What `langgraph.json` serves: the graph, and the threads that it shares with the terminal."""

import sys

if __package__ in sys.modules:
    from ..agent import default_agent
else:  # LangGraph's server loads this file by its path, as a module without a package
    from app.agent import default_agent

graph = default_agent().graph()
checkpointer = default_agent().checkpointer
