"""Compare what a host's program gets: `python -m benchmarks.hosts [--ways NAME ...]`.

Each way to go on when a model fails plays each need over servers of its own, once with its
primary up and once with it at 503, and what came of it is told as a Markdown table. A cell is cut
off after ninety seconds. All are played side by side, so that nothing here says how long one takes;
`benchmarks.failover` does. Whoever is a chat model goes through LangChain's standard tests as well
(`--standard`): how many passed, of those that weren't skipped. "-": there is no such way, or its
package isn't installed. The peers are the extra `bench`.
"""

import argparse
import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.host_ways import CHAT_MODELS, WAYS, PatientGemini, Way, Weather, installed
from benchmarks.systems import GEMINI, World
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.http import ProviderServer
from tests.fakes.responder import responder
from tests.fakes.steps import Stream, calls, says

_SAID = "It is sunny in Berlin."
_TOKENS = 2 * 105
"""What the servers say that the two calls of an agent's turn took."""
_LIMIT = 90.0
"""Seconds for a cell."""
_STANDARD_LIMIT = 100.0
"""Seconds for the standard tests of one."""
_HALF = Stream(
    b"".join(gemini_api.event(GEMINI, [{"text": text}]) for text in ("Half an ", "answer")),
    cut=True,
)

Need = Callable[[Way, ProviderServer], Awaitable[str]]


async def agent_with_tools(way: Way, answering: ProviderServer) -> str:
    """Let an agent call a tool, and tell what came of it."""
    answering.plays(calls("get_weather", city="Berlin"), says(_SAID))
    text, _ = await way.with_tool()
    return "right" if text == _SAID else f"wrong: {text!r}"


async def structured_output(way: Way, answering: ProviderServer) -> str:
    """Have an answer in the form of a schema."""
    answering.decide = responder
    return "right" if isinstance(await way.structured(), Weather) else "wrong"


async def streaming(way: Way, answering: ProviderServer) -> str:
    """Have an answer's words as they come."""
    answering.plays(says(_SAID))
    pieces = [piece async for piece in way.streamed() if piece]
    if "".join(pieces) != _SAID:
        return f"wrong: {''.join(pieces)!r}"
    return "word by word" if len(pieces) > 1 else "in one piece"


async def usage(way: Way, answering: ProviderServer) -> str:
    """Count the tokens of an agent's turn."""
    answering.plays(calls("get_weather", city="Berlin"), says(_SAID))
    _, counted = await way.with_tool()
    return "once" if counted == _TOKENS else f"{counted} of {_TOKENS}"


async def break_in_mid_stream(way: Way, answering: ProviderServer) -> str:
    """Have a stream whose connection breaks off after three words."""
    way.world.gemini.plays(_HALF)
    way.world.groq.plays(says(_SAID))
    text = "".join([piece async for piece in way.streamed()])
    told = {_SAID: "the other's whole answer", "Half an answer": "half an answer as a whole one"}
    return told.get(text, "two halves joined" if _SAID in text else f"wrong: {text!r}")


async def second_failure(way: Way, answering: ProviderServer) -> str:
    """Have the primary at 503 while the other model fails once."""
    way.world.gemini.plays(gemini_api.OVERLOADED)
    way.world.groq.plays(groq_api.error(500, "Internal Server Error"), says(_SAID))
    text = "".join([piece async for piece in way.streamed()])
    return "right" if text == _SAID else f"wrong: {text!r}"


NEEDS: Mapping[str, Need] = {
    "an agent with tools": agent_with_tools,
    "structured output": structured_output,
    "streaming": streaming,
    "usage counted": usage,
    "a break in mid-stream": break_in_mid_stream,
    "503, and 500 once": second_failure,
}
_FAILURES = ("a break in mid-stream", "503, and 500 once")
"""What is itself a failure of the primary, and has no other state."""


async def play(name: str, need: str, state: str) -> str:
    """Return what came of a need, in servers of its own."""
    if not installed(name):
        return "-"
    world = World(PatientGemini())
    way = None
    try:
        way = WAYS[name](world)
        world.gemini.plays(gemini_api.OVERLOADED)
        async with asyncio.timeout(_LIMIT):
            return await NEEDS[need](way, world.gemini if state == "up" else world.groq)
    except TimeoutError:
        return f"nothing in {_LIMIT:.0f} s"
    except Exception as error:  # noqa: BLE001 - what a host would get
        return type(error).__name__
    finally:
        if way is not None:
            way.close()
        world.close()


def standard_tests(name: str) -> dict[str, str]:
    """Return how many of LangChain's standard tests pass, by the primary's state."""
    if name not in CHAT_MODELS or not installed(name):
        return {"up": "-", "down": "-"}
    tests = Path(__file__).parent.parent / "tests" / "llm" / "chat_model" / "standard"
    cases = Path(__file__).with_name("standard_cases.py")
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "HOST_WAY": name}
    with tempfile.TemporaryDirectory(prefix="task-relay-bench-") as place:
        report = Path(place) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-c", "pytest.ini", "-q", f"--junitxml={report}"]
        try:
            subprocess.run(
                [*command, cases],
                cwd=tests,
                env=os.environ | own,
                capture_output=True,
                check=False,
                timeout=_STANDARD_LIMIT,
            )
        except subprocess.TimeoutExpired:
            late = f"not all in {_STANDARD_LIMIT:.0f} s"
            return {"up": late, "down": late}
        passed: Counter[str] = Counter()
        played: Counter[str] = Counter()
        for case in ElementTree.parse(report).iter("testcase"):
            group = case.attrib["classname"].rpartition(".")[2]
            if case.find("skipped") is None:
                played[group] += 1
                passed[group] += case.find("failure") is None and case.find("error") is None
    return {
        state: f"{passed['TestUnit'] + passed[group]} of {played['TestUnit'] + played[group]}"
        for state, group in (("up", "TestUp"), ("down", "TestDown"))
    }


async def rows(names: list[str], needs: list[str]) -> list[list[str]]:
    """Return a row for each need and state."""
    played = [
        (need, state)
        for need in needs
        for state in (("down",) if need in _FAILURES else ("up", "down"))
    ]
    cells = await asyncio.gather(
        *(play(name, need, state) for need, state in played for name in names)
    )
    told = [need if need in _FAILURES else f"{need}, primary {state}" for need, state in played]
    wide = len(names)
    return [[each, *cells[n * wide : (n + 1) * wide]] for n, each in enumerate(told)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=[*WAYS], metavar="NAME")
    parser.add_argument("--needs", nargs="+", choices=NEEDS, default=[*NEEDS], metavar="NAME")
    parser.add_argument("--standard", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    logging.disable()
    warnings.simplefilter("ignore")
    with ThreadPoolExecutor() as pool:  # side by side: most of it is waiting
        begun = [pool.submit(standard_tests, n) for n in options.ways if options.standard]
        table = asyncio.run(rows(options.ways, options.needs))
        counted = [each.result() for each in begun]
    if counted:
        for state in ("up", "down"):
            told = [found[state] for found in counted]
            table.append([f"LangChain's standard tests, primary {state}", *told])
    lines = [["what a host needs", *options.ways], ["---"] * (len(options.ways) + 1), *table]
    sys.stdout.writelines(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
