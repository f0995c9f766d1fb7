"""A graph that does what ours must not: it calls SQLite on the event loop."""

import sqlite3
from typing import Any

from langgraph.graph import START, MessagesState, StateGraph


async def block(state: MessagesState) -> dict[str, Any]:
    """Call the database where it holds up everybody else."""
    connection = sqlite3.connect(":memory:")
    connection.execute("SELECT 1").fetchone()
    connection.close()
    return {}


graph = StateGraph(MessagesState).add_node(block).add_edge(START, "block").compile()
