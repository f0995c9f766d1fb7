"""Time a person's turn beside others who send too much: `python -m benchmarks.strangers`.

The real `langgraph dev`, providers that answer at once in another process, and Bob, who says one
thing after the other. Beside him: nobody; one who posts 20,000 messages in one run, again and
again (refused); one who posts them as twenty runs of a thousand (taken); 500 connections that
send a byte a second, half of them in the head of a request and half in a body.
"""

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.slow_providers import slow_providers
from tests.conftest import ROOT, child_environment
from tests.fakes.langgraph_dev import langgraph_dev

_PAUSE = 0.1
"""Seconds between two of Bob's messages."""
_A_RUN = 1_000
"""Messages that one run may bring."""

Beside = Callable[[httpx.AsyncClient], AbstractAsyncContextManager[Callable[[], str]]]
"""What goes on meanwhile; what it gives says at the end how it went."""


def _run(messages: int) -> dict[str, Any]:
    said = [{"role": "user", "content": f"hello {number}"} for number in range(messages)]
    return {"assistant_id": "agent", "input": {"messages": said}}


async def new_thread(http: httpx.AsyncClient) -> str:
    """Return where a new thread waits for its runs.

    Runs without a thread would do, but the development server loses some of them when several
    end at once (langgraph-runtime-inmem deletes their threads by a position that has changed).
    """
    made = (await http.post("/threads", json={})).raise_for_status().json()
    return f"/threads/{made['thread_id']}/runs/wait"


@asynccontextmanager
async def nobody(http: httpx.AsyncClient) -> AsyncGenerator[Callable[[], str]]:
    """Let Bob be alone."""
    yield lambda: ""


def crowd(messages: int, a_run: int) -> Beside:
    """Return one who posts so many messages at once, as runs of so many, again and again.

    Args:
        messages: In all, at once.
        a_run: Messages of one run.
    """

    @asynccontextmanager
    async def beside(http: httpx.AsyncClient) -> AsyncGenerator[Callable[[], str]]:
        ended: list[str] = []
        body = _run(min(a_run, messages))

        async def one() -> None:
            path = await new_thread(http)
            while True:
                answer = await http.post(path, json=body)
                ended.append(str(answer.status_code))

        posting = [asyncio.create_task(one()) for _ in range(max(1, messages // a_run))]
        yield lambda: f"{len(ended)} runs ended, {', '.join(sorted(set(ended)))}"
        await _stop(posting)

    return beside


def slow_connections(number: int) -> Beside:
    """Return so many connections that send a byte a second.

    Args:
        number: Of connections.
    """

    @asynccontextmanager
    async def beside(http: httpx.AsyncClient) -> AsyncGenerator[Callable[[], str]]:
        host, port = http.base_url.host, http.base_url.port or 80
        refused = 0
        head = b"POST /runs/wait HTTP/1.1\r\nHost: %s:%d\r\n" % (host.encode(), port)
        body = b"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n"

        async def one(sent: bytes) -> None:
            nonlocal refused
            try:
                _, writer = await asyncio.open_connection(host, port)
                writer.write(sent)
                while True:
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(1)
            except OSError:
                refused += 1

        sending = [asyncio.create_task(one(head + body * (n % 2))) for n in range(number)]
        await asyncio.sleep(1)
        yield lambda: f"{number - refused} open, {refused} closed by the server"
        await _stop(sending)

    return beside


async def _stop(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, httpx.HTTPError):
            await task


async def turns_of_bob(http: httpx.AsyncClient, turns: int) -> list[float]:
    """Return the seconds of each of his turns.

    Args:
        http: Where the server is.
        turns: How often he says something.
    """
    took, path = [], await new_thread(http)
    for _ in range(turns):
        begun = time.perf_counter()
        answer = await http.post(path, json=_run(1))
        answer.raise_for_status()
        assert answer.json()["messages"][-1]["content"], answer.text
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(_PAUSE)
    return took


async def compare(url: str, scenes: dict[str, Beside], turns: int) -> Table:
    """Return the table.

    Args:
        url: The server's address.
        scenes: What goes on beside Bob's turns, by name.
        turns: Of Bob, in each.
    """
    table = Table("beside him", title=f"{turns} turns of Bob, in seconds")
    for column in ("median", "worst", "how the others fared"):
        table.add_column(column, justify="right")
    async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as http:
        for name, beside in scenes.items():
            await turns_of_bob(http, 3)  # what the server has still to do is done after them
            async with beside(http) as fared:
                took = await turns_of_bob(http, turns)
                told = fared()
            row = (name, f"{statistics.median(took):.2f}", f"{max(took):.2f}", told)
            table.add_row(*row)
    return table


def main() -> None:
    """Start the server and the providers, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=500)
    options = parser.parse_args()
    scenes = {
        "nobody": nobody,
        f"{options.messages:,} messages in a run": crowd(options.messages, options.messages),
        f"{options.messages:,} messages in runs of {_A_RUN:,}": crowd(options.messages, _A_RUN),
        f"{options.connections} slow connections": slow_connections(options.connections),
    }
    with (
        tempfile.TemporaryDirectory(prefix="task-relay-bench-") as name,
        slow_providers(0) as providers,
    ):
        place = Path(name)
        shutil.copy(ROOT / "langgraph.json", place)
        (place / "app").symlink_to(ROOT / "app")
        given = {key.upper(): value for key, value in providers.items()}
        environment = child_environment(**given, APP_DATA_DIR=str(place / "data"))
        with langgraph_dev(place, place / "output.txt", environment) as server:
            table = asyncio.run(compare(str(server.http.base_url), scenes, options.turns))
    Console(file=sys.stdout, width=120).print(table)


if __name__ == "__main__":
    main()
