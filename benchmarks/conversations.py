"""Time a thread as it grows: `python -m benchmarks.conversations [--turns N] [--peers N]`.

Each turn adds a task: two model calls and a tool. The providers are on loopback and answer at
once; the overhead of a turn is its time without that of the model calls, which is measured by
the same callback for everybody. Beside us, on the same store of tasks and in the same run:
plain LangGraph with its SQLite checkpointer, and LangChain's `create_agent`. They keep the
whole conversation in every checkpoint, so they get fewer turns. Databases are measured after
a checkpoint of their write-ahead log.

`--kills N` kills a process in the middle of a turn, N times at random points, and checks after
each restart that the thread loads, that nothing acknowledged is lost and nothing is there twice.
"""

import argparse
import asyncio
import logging
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from uuid import UUID

from langchain.agents import create_agent
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import HumanMessage
from langchain_core.tracers.context import register_configure_hook
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from rich.console import Console
from rich.table import Table

from app.agent import Agent
from app.settings import Settings
from app.tools import TaskTools
from benchmarks.systems import World, plain_gemini
from tests.conftest import child_environment
from tests.fakes.steps import calls, says
from tests.fakes.warm import Warm, WarmProcess
from tests.killing import Killer

EARLY = 30
_AROUND = 15
Say = Callable[[str], Awaitable[None]]


class ModelTime(BaseCallbackHandler):
    """Add up the seconds that model calls take."""

    run_inline = True

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun: dict[UUID, float] = {}

    def on_chat_model_start(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:
        """Note when a call begins."""
        self._begun[run_id] = time.perf_counter()

    def on_llm_end(self, *args: Any, run_id: UUID, **kwargs: Any) -> None:
        """Add a call's time."""
        self.seconds += time.perf_counter() - self._begun.pop(run_id)


_TIMER: ContextVar[ModelTime | None] = ContextVar("model_time", default=None)
register_configure_hook(_TIMER, inheritable=True)


@asynccontextmanager
async def task_relay(world: World, place: Path) -> AsyncGenerator[Say]:
    """Give this project's turns."""
    agent = Agent(_settings(world, place))

    async def say(text: str) -> None:
        reply = await agent.process_message("ann", text)
        assert reply.ok, reply

    yield say
    agent.close()


@asynccontextmanager
async def plain_langgraph(world: World, place: Path) -> AsyncGenerator[Say]:
    """Give a graph of two nodes with the same tools."""
    agent = Agent(_settings(world, place))
    tools = TaskTools(lambda: agent.container).all()
    model = plain_gemini(world).bind_tools(tools)

    async def call_model(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("model", call_model)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition)
    graph.add_edge("tools", "model")
    async with AsyncSqliteSaver.from_conn_string(str(place / "plain.db")) as saver:
        yield _saying(graph.compile(checkpointer=saver))
    agent.close()


@asynccontextmanager
async def created_agent(world: World, place: Path) -> AsyncGenerator[Say]:
    """Give LangChain's agent with the same tools."""
    agent = Agent(_settings(world, place))
    tools = TaskTools(lambda: agent.container).all()
    async with AsyncSqliteSaver.from_conn_string(str(place / "agent.db")) as saver:
        yield _saying(create_agent(plain_gemini(world), tools, checkpointer=saver))
    agent.close()


def _saying(graph: Any) -> Say:
    async def say(text: str) -> None:
        config = {"configurable": {"thread_id": "1", "user_id": "ann"}}
        await graph.ainvoke({"messages": [HumanMessage(text)]}, config, durability="sync")

    return say


def _settings(world: World, place: Path) -> Settings:
    return Settings(
        gemini_api_key=world.gemini.key,
        gemini_base_url=world.gemini.url,
        groq_api_key=world.groq.key,
        groq_base_url=world.groq.url,
        data_dir=place,
        log_level="ERROR",
    )


Make = Callable[[World, Path], Any]
SYSTEMS: dict[str, Make] = {
    "task relay": task_relay,
    "plain LangGraph": plain_langgraph,
    "create_agent": created_agent,
}


async def grow(make: Make, turns: int) -> tuple[list[float], list[int]]:
    """Hold a conversation; return the overhead of each turn in ms, and the sizes on the way."""
    world, timer = World(), ModelTime()
    _TIMER.set(timer)
    overheads: list[float] = []
    sizes: list[int] = []
    with tempfile.TemporaryDirectory(prefix="task-relay-bench-") as name:
        place = Path(name)
        async with make(world, place) as say:
            for turn in range(1, turns + 1):
                world.gemini.plays(calls("add_task", title=f"call number {turn}"), says("Added."))
                before, begun = timer.seconds, time.perf_counter()
                await say(f"Add a task to make call number {turn}")
                whole = time.perf_counter() - begun
                overheads.append((whole - (timer.seconds - before)) * 1000)
                if turn in (min(100, turns // 2), turns):
                    sizes.append(await asyncio.to_thread(_bytes_in, place))
    world.close()
    return overheads, sizes


def _bytes_in(place: Path) -> int:
    """Return the size of the databases, with what was waiting in their logs."""
    for file in place.glob("*.db"):
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return sum(file.stat().st_size for file in place.glob("*.db*"))


def _around(overheads: list[float], turn: int) -> float:
    """Return the median overhead of the turns around one."""
    return statistics.median(overheads[max(0, turn - _AROUND) : turn + _AROUND])


async def compare(turns: int, peers: int) -> Table:
    """Return the table."""
    table = Table("system", "turns", title="overhead of a turn, ms; growth, bytes a turn")
    for column in (f"turn {EARLY}", "last turn", "ratio", "growth", "databases"):
        table.add_column(column, justify="right")
    for name, make in SYSTEMS.items():
        count = turns if make is task_relay else peers
        overheads, (early, late) = await grow(make, count)
        first, last = (
            _around(overheads, min(EARLY, count - 1)),
            _around(overheads, max(1, count - _AROUND)),
        )
        growth = (late - early) / (count - min(100, count // 2))
        table.add_row(
            *(name, str(count), f"{first:.1f}", f"{last:.1f}", f"{last / first:.2f}"),
            *(f"{growth:,.0f}", f"{late / 1e6:.1f} MB"),
        )
    return table


def main() -> None:
    """Run the comparison, then the kills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--peers", type=int, default=150, help="turns of the others")
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    logging.disable()
    if options.turns:
        console = Console(file=sys.stdout, width=120)
        console.print(asyncio.run(compare(options.turns, options.peers)))
    if options.kills:
        with tempfile.TemporaryDirectory(prefix="task-relay-bench-") as name:
            warm = WarmProcess(child_environment(), Path(name))
            killer = Killer(Path(name), random.Random(), Warm(warm.address))
            sys.stdout.write(f"{killer.kill(options.kills)}\n")
            warm.close()


if __name__ == "__main__":
    main()
