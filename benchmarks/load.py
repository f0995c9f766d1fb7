"""Time many users at once: `python -m benchmarks.load [--users N] [--delay SECONDS]`.

Every user says one thing at the same moment, to one process: two model calls and a tool. The
providers run in another process and answer after 800 ms. The CPU floor is what the turns cost
this process's one core, measured one after the other: with a single interpreter nothing can be
faster than the wait plus the floor. Beside us, in the same run: LangChain's `create_agent` with
`ModelFallbackMiddleware`, on the same tools, with its SQLite checkpointer.

Then several processes write to one SQLite file at once, and every change is counted.
"""

import argparse
import asyncio
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from langchain.agents import create_agent
from langchain.agents.middleware import ModelFallbackMiddleware
from langchain_core.messages import HumanMessage
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_groq import ChatGroq
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from rich.console import Console
from rich.table import Table

from app.agent import Agent
from app.clock import SystemClock
from app.database import open_engine, upgrade
from app.settings import Settings
from app.tasks import Owner, TaskService
from app.tools import TaskTools
from benchmarks.slow_providers import slow_providers

Say = Callable[[str, str], Awaitable[None]]
_ALONE = 10


@asynccontextmanager
async def task_relay(providers: dict[str, str], place: Path) -> AsyncGenerator[Say]:
    """Give this project's turns."""
    agent = _agent(providers, place)

    async def say(user: str, text: str) -> None:
        reply = await agent.process_message(user, text)
        assert reply.ok, reply

    yield say
    agent.close()


@asynccontextmanager
async def created_agent(providers: dict[str, str], place: Path) -> AsyncGenerator[Say]:
    """Give LangChain's agent with its fallback middleware and the same tools."""
    agent = _agent(providers, place)
    tools = TaskTools(lambda: agent.container).all()
    key: Any = providers["gemini_api_key"]
    gemini = ChatGoogleGenerativeAI(
        api_version="v1beta",
        model="gemini-3.5-flash-lite",
        google_api_key=key,
        base_url=providers["gemini_base_url"],
    )
    key = providers["groq_api_key"]
    groq = ChatGroq(model="openai/gpt-oss-20b", api_key=key, base_url=providers["groq_base_url"])
    fallback = ModelFallbackMiddleware(groq)
    async with AsyncSqliteSaver.from_conn_string(str(place / "agent.db")) as saver:
        graph = create_agent(gemini, tools, middleware=[fallback], checkpointer=saver)

        async def say(user: str, text: str) -> None:
            config: Any = {"configurable": {"thread_id": user, "user_id": user}}
            await graph.ainvoke({"messages": [HumanMessage(text)]}, config, durability="sync")

        yield say
    agent.close()


def _agent(providers: dict[str, str], place: Path) -> Agent:
    given: Any = providers
    return Agent(Settings(**given, data_dir=place, log_level="ERROR"))


@dataclass(frozen=True)
class Found:
    """What a system needed, in seconds; `floor` is the CPU time of all turns."""

    alone: float
    floor: float
    together: float
    cpu: float


async def measure(make: Any, providers: dict[str, str], users: int) -> Found:
    """Time turns alone and together."""
    with tempfile.TemporaryDirectory(prefix="task-relay-bench-") as name:
        async with make(providers, Path(name)) as say:
            for number in range(3):  # imports and first uses cost nobody's time
                await say("first", f"add warm {number}")
            begun, cpu = time.perf_counter(), time.process_time()
            for number in range(_ALONE):
                await say(f"alone{number}", f"add one thing {number}")
            alone = (time.perf_counter() - begun) / _ALONE
            floor = (time.process_time() - cpu) / _ALONE * users
            begun, cpu = time.perf_counter(), time.process_time()
            await asyncio.gather(*(say(f"user{n}", "add a thing") for n in range(users)))
            together = time.perf_counter() - begun
            return Found(alone, floor, together, time.process_time() - cpu)


async def compare(users: int, delay: float, rounds: int) -> Table:
    """Return the table."""
    table = Table("system", title=f"{users} users at once, model calls of {delay * 1000:.0f} ms")
    for column in ("one alone", "CPU floor", "all", "all / (alone + floor)", "turns/s a core"):
        table.add_column(column, justify="right")
    systems = {"task relay": task_relay, "create_agent": created_agent}
    with slow_providers(delay) as providers:
        for _ in range(rounds):
            for name, make in systems.items():
                found = await measure(make, providers, users)
                ratio = found.together / (found.alone + found.floor)
                table.add_row(
                    *(name, f"{found.alone:.2f} s", f"{found.floor:.2f} s"),
                    *(f"{found.together:.2f} s", f"{ratio:.2f}", f"{users / found.cpu:.1f}"),
                )
    return table


def write_at_once(processes: int, changes: int) -> str:
    """Let processes add tasks to one SQLite file; return what was found there."""
    with tempfile.TemporaryDirectory(prefix="task-relay-bench-") as name:
        url = f"sqlite:///{name}/tasks.db"
        engine = open_engine(url)
        upgrade(engine)
        begun = time.perf_counter()
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.writer", url, str(changes)],
                stderr=subprocess.PIPE,
            )
            for _ in range(processes)
        ]
        errors = [writer.communicate(timeout=300)[1].decode() for writer in writers]
        seconds = time.perf_counter() - begun
        page = TaskService(engine, SystemClock()).find(Owner("ann", ZoneInfo("UTC")))
        engine.dispose()
    failed = [error for error in errors if error]
    return (
        f"{processes} processes x {changes} changes in {seconds:.1f} s: {page.total} there, "
        f"{len(failed)} processes failed {failed[:1] or ''}"
    )


def main() -> None:
    """Run the comparison, then the writers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=8, help="that write to one file")
    parser.add_argument("--changes", type=int, default=250, help="of each of them")
    options = parser.parse_args()
    logging.disable()
    compared = asyncio.run(compare(options.users, options.delay, options.rounds))
    Console(file=sys.stdout, width=120).print(compared)
    sys.stdout.write(f"{write_at_once(options.processes, options.changes)}\n")


if __name__ == "__main__":
    main()
