"""Compare failovers: `python -m benchmarks.failover [--rounds N] [--scenes NAME ...]`.

Every system asks loopback servers of its own in one run, several rounds, one after the
other, each time fresh but with open connections. Who needs more than seconds is cut off
there, and plays that scene once more with more time, beside the other slow ones. Times
wander with the machine: read them side by side.

"added" is the median over what the same system needs for the model that should answer alone,
called in the way it calls models: we stream, because only a stream has a first token to wait
for; the others ask for the whole answer. The times are of single turns; the connection to
the answering model is open, and in the healthy scene it has been used.

An outage is played in real time, once, all systems side by side: the primary fails for a minute
(`--outage`), with a turn every four seconds (`--every`), and is back then. What is told is how long
after its return it answered again, and how many calls it got while it was down.
"""

import argparse
import asyncio
import contextlib
import logging
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rich.console import Console
from rich.table import Table

from benchmarks.scenes import FALLBACK, PRIMARY, SCENES, Scene
from benchmarks.systems import SYSTEMS, Ask, Make, World, installed
from tests.fakes.steps import says

_SLOW = 3.0
_GIVEN_UP = 10.0
"""Seconds: what a cell may take while others wait for it, and a turn during an outage."""


@dataclass
class Cell:
    """What a system did in a scene; times are of turns, in milliseconds."""

    calls: int = 0
    said: str = ""
    times: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)

    @property
    def added(self) -> str:
        """Return the time over the model's own answer, in milliseconds."""
        if not self.alone or not self.times:
            return ""
        return f"{statistics.median(self.times) - statistics.median(self.alone):.1f}"


async def play(scene: Scene, make: Make, limit: float, cell: Cell, *, timed: bool) -> None:
    """Play a scene once, in a world of its own, and note what came of it."""
    world = World()
    before = 0
    try:
        async with make(world) as system:
            if timed:
                alone = system.primary if scene.right == PRIMARY else system.fallback
                world.gemini.plays(says(PRIMARY))
                await _milliseconds(alone)  # opens the connection
                cell.alone += [await _milliseconds(alone) for _ in range(5)]
                before = world.gemini.calls
            world.gemini.plays(scene.step)
            world.groq.plays(*scene.fallback)
            try:
                async with asyncio.timeout(limit):
                    for _ in range(scene.turns):
                        started = time.perf_counter()
                        text = await system.ask()
                        cell.times.append((time.perf_counter() - started) * 1000)
            except TimeoutError:
                cell.said = f"nothing in {limit:.0f} s"
                cell.times.append(limit * 1000)
            except Exception as error:  # noqa: BLE001 - a system that raises has not answered
                cell.said = f"{type(error).__name__}"
                cell.times.append((time.perf_counter() - started) * 1000)
            else:
                who = {PRIMARY: "primary", FALLBACK: "fallback"}.get(text, "nobody")
                right = "right" if text == scene.right else f"wrong: {text!r}"
                cell.said = f"{who}, {right}"
            cell.calls = world.gemini.calls - before
    finally:
        world.close()


async def play_outage(scene: Scene, make: Make, limit: float, cell: Cell) -> None:
    """Play an outage of the primary from its begin to the first answer after its return.

    Args:
        scene: With the outage.
        make: Makes the system.
        limit: Seconds after its return within which the primary should have answered.
        cell: Takes what came of it.
    """
    world = World()
    answered = turns = 0
    try:
        async with make(world) as system:
            world.gemini.plays(says(PRIMARY))
            await system.primary()  # opens the connection
            before = world.gemini.calls
            world.gemini.plays(scene.step)
            began = time.perf_counter()
            back = began + scene.outage
            while time.perf_counter() < back + limit:
                if time.perf_counter() >= back:
                    cell.calls = cell.calls or world.gemini.calls - before
                    world.gemini.plays(says(PRIMARY))
                started = time.perf_counter()
                text = ""
                with contextlib.suppress(Exception):
                    async with asyncio.timeout(_GIVEN_UP):
                        text = await system.ask()
                now = time.perf_counter()
                cell.times.append((now - started) * 1000)
                turns, answered = turns + 1, answered + bool(text)
                if text == PRIMARY:
                    cell.said = f"primary {max(0.0, started - back):.0f} s after its return"
                    break
                await asyncio.sleep(max(0.0, began + turns * scene.every - now))
            else:
                cell.said = f"nobody but the fallback for {limit:.0f} s"
            cell.said += f", {answered} of {turns} turns answered"
    finally:
        world.close()


async def compare(
    scenes: Sequence[Scene], names: Sequence[str], rounds: int, limit: float
) -> Table:
    """Return the table.

    Args:
        scenes: What is played.
        names: The systems.
        rounds: How often.
        limit: Seconds for one cell.
    """
    cells = {(scene, name): Cell() for scene in scenes for name in names}
    for name in names:  # imports and first uses cost nobody's time
        await play(SCENES[0], SYSTEMS[name], limit, Cell(), timed=True)
    slow: dict[tuple[Scene, str], Cell] = {}
    for number in range(rounds):
        for (scene, name), cell in cells.items():
            if (scene, name) in slow or scene.outage:
                continue
            await play(scene, SYSTEMS[name], _SLOW, cell, timed=True)
            if number == 0 and cell.said.startswith("nothing"):
                slow[scene, name] = Cell()
    await asyncio.gather(
        *(play(scene, SYSTEMS[n], limit, cell, timed=False) for (scene, n), cell in slow.items())
    )
    cells |= slow
    await asyncio.gather(
        *(
            play_outage(scene, SYSTEMS[name], limit, cell)
            for (scene, name), cell in cells.items()
            if scene.outage
        )
    )
    table = Table("scene", "system", "answered by", "calls to primary", title="milliseconds a turn")
    for column in ("median", "worst", "added"):
        table.add_column(column, justify="right")
    for (scene, name), cell in cells.items():
        times = (f"{statistics.median(cell.times):.1f}", f"{max(cell.times):.1f}", cell.added)
        table.add_row(scene.name, name, cell.said, str(cell.calls), *times)
        if name == names[-1]:
            table.add_section()
    return table


async def _milliseconds(ask: Ask) -> float:
    started = time.perf_counter()
    await ask()
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Run the comparison on one event loop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--limit", type=float, default=40.0, help="seconds for one cell")
    known = [scene.name for scene in SCENES]
    parser.add_argument("--scenes", nargs="+", choices=known, default=known, metavar="NAME")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=[*SYSTEMS], metavar="NAME")
    parser.add_argument("--outage", type=float, default=60.0, help="seconds that one lasts")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between its turns")
    options = parser.parse_args()
    logging.disable()
    scenes = [
        replace(scene, outage=options.outage, every=options.every) if scene.outage else scene
        for scene in SCENES
        if scene.name in options.scenes
    ]
    names = [name for name in options.systems if installed(name)]
    compared = asyncio.run(compare(scenes, names, options.rounds, options.limit))
    Console(file=sys.stdout, width=120).print(compared)
    if missing := [name for name in options.systems if not installed(name)]:
        sys.stdout.write(f"Left out, not installed: {'; '.join(missing)}.\n")


if __name__ == "__main__":
    main()
