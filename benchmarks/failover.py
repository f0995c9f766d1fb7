"""Compare failovers: `python -m benchmarks.failover [--rounds N]`.

Every system asks the same two loopback servers in one run. Each cell is bounded by a time
limit; a system that reaches it is shown as not answering. Times wander with the machine:
read them side by side. A system that doesn't stream meets the two scenes of a bad stream
(malformed, cut) as a body that it can't read, which is kinder than what the real API sends.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from langchain.agents import create_agent
from langchain.agents.middleware import ModelFallbackMiddleware
from langchain_core.messages import HumanMessage
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_groq import ChatGroq

from app.clock import SystemClock
from app.llm import ModelCall, Trail
from app.parts import Parts
from app.settings import Settings
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Silence, Step, Stream, says

PRIMARY, FALLBACK = "Answered by the primary.", "Answered by the fallback."
HALF = b'data: {"candidates": [{"content": {"parts": [{"text": "%s "}], "role": "model"}}]}\r\n\r\n'
SCENES: dict[str, tuple[Step, int]] = {
    "healthy": (says(PRIMARY), 1),
    "429": (gemini_api.quota(26), 1),
    "503": (gemini_api.OVERLOADED, 1),
    "retired model": (gemini_api.error(404, "models/x is not found.", "NOT_FOUND"), 1),
    "malformed answer": (Stream(b'data: {"candidates": [{"finishReason": "OTHER"}]}\r\n\r\n'), 1),
    "silent": (Silence(60), 1),
    "cut after two tokens": (Stream(HALF % b"one" + HALF % b"two", cut=True), 1),
    "ten turns, 429": (gemini_api.quota(600), 10),
}
FIRST_TOKEN = 2.0

Ask = Callable[[], Awaitable[str]]
Make = Callable[[], Awaitable[Ask]]


class World:
    """The two servers, and every system that is compared."""

    def __init__(self) -> None:
        self.gemini, self.groq = GeminiServer(), GroqServer()
        self.groq.plays(says(FALLBACK))
        self._open: list[Parts] = []

    async def task_relay(self) -> Ask:
        """Return this project's chain, with breakers that know nothing yet."""
        parts = Parts(
            Settings(
                gemini_api_key=self.gemini.key,  # type: ignore[arg-type]
                gemini_base_url=self.gemini.url,
                groq_api_key=self.groq.key,  # type: ignore[arg-type]
                groq_base_url=self.groq.url,
                data_dir=Path(tempfile.mkdtemp(prefix="task-relay-bench-")),
                first_token_timeout=FIRST_TOKEN,
                offline_fallback=False,
            )
        )
        self._open.append(parts)
        clock = SystemClock()
        parts.tasks()
        await parts.chain.warm()

        async def ask() -> str:
            trail = Trail(watch=lambda attempt: None)
            call = ModelCall([HumanMessage("hi")], trail, clock.monotonic() + 60)
            assert parts.chain.runnable is not None
            return str((await parts.chain.runnable.ainvoke(call)).text)

        return ask

    async def with_fallbacks(self) -> Ask:
        """Return plain `with_fallbacks` over clients as they come."""
        chain = self._primary().with_fallbacks([self._fallback()])

        async def ask() -> str:
            return str((await chain.ainvoke("hi")).text)

        return ask

    async def middleware(self) -> Ask:
        """Return LangChain's agent with its `ModelFallbackMiddleware`."""
        fallback = ModelFallbackMiddleware(self._fallback())
        agent = create_agent(self._primary(), [], middleware=[fallback])

        async def ask() -> str:
            state = await agent.ainvoke({"messages": [HumanMessage("hi")]})
            return str(state["messages"][-1].text)

        return ask

    async def fallback_alone(self) -> Ask:
        """Return the fallback's own stream, which every time is measured against."""
        model = self._fallback()

        async def ask() -> str:
            return "".join([str(chunk.text) async for chunk in model.astream("hi")])

        return ask

    def close(self) -> None:
        """Stop the servers and close what was opened."""
        for parts in self._open:
            parts.close()
        self.gemini.stop()
        self.groq.stop()

    def _primary(self) -> ChatGoogleGenerativeAI:
        return ChatGoogleGenerativeAI(
            model="gemini-3.5-flash-lite",
            google_api_key=self.gemini.key,  # type: ignore[arg-type]
            base_url=self.gemini.url,
        )

    def _fallback(self) -> ChatGroq:
        return ChatGroq(model="openai/gpt-oss-20b", api_key=self.groq.key, base_url=self.groq.url)  # type: ignore[arg-type]


async def measure(world: World, make: Make, turns: int, limit: float) -> str:
    """Return a cell: who answered, whole or not, milliseconds a turn, calls to the primary."""
    ask = await make()
    before = world.gemini.calls
    started = time.perf_counter()
    try:
        async with asyncio.timeout(limit):
            texts = [await ask() for _ in range(turns)]
    except TimeoutError:
        return f"no answer in {limit:.0f} s, {world.gemini.calls - before} calls"
    except Exception as error:  # noqa: BLE001 - a system that raises has not answered
        return f"{type(error).__name__}, {world.gemini.calls - before} calls"
    ms = (time.perf_counter() - started) * 1000 / turns
    who = {PRIMARY: "primary", FALLBACK: "fallback"}.get(texts[-1], f"wrong: {texts[-1]!r}")
    return f"{who}, {ms:.1f} ms, {world.gemini.calls - before} calls"


async def compare(world: World, rounds: int, limit: float) -> None:
    """Print the table."""
    systems = {
        "task relay": world.task_relay,
        "with_fallbacks": world.with_fallbacks,
        "middleware": world.middleware,
    }
    alone = await world.fallback_alone()
    await alone()
    times = []
    for _ in range(20):
        started = time.perf_counter()
        await alone()
        times.append((time.perf_counter() - started) * 1000)
    sys.stdout.write(f"the fallback alone: {statistics.median(times):.1f} ms\n")
    for scene, (step, turns) in SCENES.items():
        world.gemini.plays(step)
        for name, make in systems.items():
            patient = (
                scene in ("healthy", "retired model", "malformed answer") or name == "task relay"
            )
            for number in range(rounds if patient else 1):
                cell = await measure(world, make, turns, limit)
                sys.stdout.write(f"{scene:22} {name:16} {number + 1}  {cell}\n")
                sys.stdout.flush()


def main() -> None:
    """Run the comparison on one event loop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=45.0, help="seconds for one cell")
    options = parser.parse_args()
    world = World()
    try:
        asyncio.run(compare(world, options.rounds, options.limit))
    finally:
        world.close()


if __name__ == "__main__":
    main()
