"""Measure what `ChatRelay` costs: `python -m benchmarks.chat_model [--calls N] [--ways NAME ...]`.

The processor time of the whole process for one streamed answer, beside that of the bare
`ChatGoogleGenerativeAI`; both ask the same server, which is a process of its own, call by call in
turns. Breaker, quota and ledger are on, and their threads' time counts. What is told is the median
of all calls; the exit code is 1 where ours takes more than a millisecond longer.
"""

import argparse
import asyncio
import gc
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from langchain_google_genai import ChatGoogleGenerativeAI

from app import ChatRelay, Settings
from app.runtime import close_container, shared_container
from benchmarks.slow_providers import slow_providers

_MOST = 1.0
"""Milliseconds that ours may take more."""

_UNTIMED = 20
"""Calls before: connections, imports and caches are there."""


Ask = Callable[[Any, asyncio.Runner], str]


def streamed(model: Any, loop: asyncio.Runner) -> str:
    """Ask as a program without an event loop does."""
    return "".join(chunk.text for chunk in model.stream("hi"))


def astreamed(model: Any, loop: asyncio.Runner) -> str:
    """Ask as a program with one does."""

    async def ask() -> str:
        return "".join([chunk.text async for chunk in model.astream("hi")])

    return loop.run(ask())


WAYS: Mapping[str, Ask] = {
    "stream": streamed,
    "astream": astreamed,
}


def milliseconds(ask: Ask, model: Any, loop: asyncio.Runner) -> float:
    """Return the processor time of a call."""
    began = time.process_time()
    answer = ask(model, loop)
    took = (time.process_time() - began) * 1000
    assert answer == "Added.", answer
    return took


def compare(calls: int, names: list[str]) -> bool:
    """Print a line for each way; say whether ours took no more than it may."""
    kept = True
    with (
        slow_providers(0) as providers,
        tempfile.TemporaryDirectory(prefix="task-relay-bench-") as place,
        asyncio.Runner() as loop,
    ):
        given: Any = providers
        settings = Settings(**given, data_dir=Path(place))
        bare = ChatGoogleGenerativeAI(
            model="gemini-3.5-flash-lite",
            google_api_key=given["gemini_api_key"],
            base_url=given["gemini_base_url"],
            api_version="v1beta",
        )
        models = {"bare": bare, "ours": ChatRelay(settings=settings)}
        for name in names:
            found: dict[str, list[float]] = {each: [] for each in models}
            for number in range(_UNTIMED + calls):
                for each, model in models.items():
                    took = milliseconds(WAYS[name], model, loop)
                    if number >= _UNTIMED:
                        found[each].append(took)
                if number == _UNTIMED:
                    gc.collect()
            ours, theirs = statistics.median(found["ours"]), statistics.median(found["bare"])
            more = ours - theirs
            kept = kept and more <= _MOST
            verdict = "met" if more <= _MOST else "missed"
            sys.stdout.write(
                f"{name:8} ours {ours:.2f} ms, bare {theirs:.2f} ms, {more:+.2f} ms, "
                f"target {_MOST:+.2f} ms: {verdict}\n"
            )
        close_container(shared_container(settings))
    return kept


def main() -> int:
    """Print the comparison; return 1 where ours takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=[*WAYS], metavar="NAME")
    options = parser.parse_args()
    logging.disable()
    return int(not compare(options.calls, options.ways))


if __name__ == "__main__":
    sys.exit(main())
