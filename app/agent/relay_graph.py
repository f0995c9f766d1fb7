"""The compiled graph, which is also a tool that takes a request in words."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field
from typing_extensions import override

from ..graph import GuardedGraph

_DESCRIPTION = (
    "Keeps one user's to-do list: adds, lists, changes, completes and deletes tasks with due "
    "dates, repeats, priorities and tags, and undoes what it did. Give it the whole request."
)


class Request(BaseModel):
    """What a model says to the graph as a tool."""

    request: str = Field(description="What the person wants done or to know, in their words.")


class RelayGraph(GuardedGraph):
    """The guarded graph; only as a tool it is different."""

    @override
    def as_tool(
        self,
        args_schema: type[BaseModel] | None = None,
        *,
        name: str | None = None,
        description: str | None = None,
        arg_types: dict[str, type] | None = None,
    ) -> BaseTool:
        """Return a tool for another agent: a request in words goes in, the answer's text comes out.

        It runs as the user of the run that calls it; a large change waits for that run's person.

        Args:
            args_schema: What goes in instead, as for any runnable.
            name: The tool's name; the graph's where it is None.
            description: What the other agent's model reads.
            arg_types: What goes in instead, as for any runnable.
        """
        named: Any = {"name": name or self.name, "description": description or _DESCRIPTION}
        if args_schema or arg_types:
            return super().as_tool(args_schema, arg_types=arg_types, **named)

        def ask(request: str, config: RunnableConfig) -> str:
            state = self.invoke({"messages": [("user", request)]}, config)
            return str(state["messages"][-1].text)

        async def aask(request: str, config: RunnableConfig) -> str:
            state = await self.ainvoke({"messages": [("user", request)]}, config)
            return str(state["messages"][-1].text)

        return StructuredTool.from_function(ask, aask, args_schema=Request, **named)
