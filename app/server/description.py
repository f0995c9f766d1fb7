"""Tell LangGraph's server what the graph is for, which it passes on to other agents and to people.

`langgraph.json` could say it beside the graph's path, but Aegra 0.6.0, the newest for
Python 3.11, takes a path alone there, and one file is to serve both.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langgraph_sdk import get_client

from .ownership import on_langgraph

DESCRIPTION = (
    "Task Relay keeps one user's to-do list in conversation: it adds, lists, changes, completes "
    "and deletes tasks with due dates, repeats, priorities and tags, and undoes what it did. It "
    "goes on answering when its language models fail."
)


@asynccontextmanager
async def described(app: object) -> AsyncIterator[None]:
    """Write the description into the server's own assistants, where the server is LangGraph's.

    Args:
        app: The application that starts.
    """
    if on_langgraph():
        async with get_client() as client:  # in this process
            for assistant in await client.assistants.search(metadata={"created_by": "system"}):
                if assistant["description"] != DESCRIPTION:
                    key = assistant["assistant_id"]
                    await client.assistants.update(key, description=DESCRIPTION)
    yield
