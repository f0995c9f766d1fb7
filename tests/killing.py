"""Kill a process in the middle of its turns, again and again, and see what is left.

Each life is a program of the warm process: it answers a plain message first - the thread must load
and every provider take it - and then adds tasks, turn after turn, until it is killed. Each task
has a number; a turn that was answered is acknowledged.
"""

import asyncio
import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.database import open_engine, reading
from tests.conftest import ROOT, child_environment, provider_environment
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, Step, says
from tests.fakes.warm import Warm


class Killer:
    """Both providers, a data directory, and the process that forks each life.

    Args:
        place: Where the data directory is made.
        chance: Says when to kill.
        warm: Runs the lives.
        url: The database; a SQLite file in the data directory when None.
    """

    def __init__(
        self, place: Path, chance: random.Random, warm: Warm, url: str | None = None
    ) -> None:
        self._data = place / "data"
        self._url = url or f"sqlite:///{self._data}/tasks.db"
        self._chance = chance
        self._warm = warm
        self.acknowledged: set[int] = set()
        self.begun: set[int] = set()

    def kill(self, times: int) -> str:
        """Kill so many times; return a sentence about what was found.

        Raises:
            AssertionError: Something was lost, was there twice, or a thread did not load.
        """
        gemini, groq = GeminiServer(), GroqServer()
        gemini.decide = groq.decide = _answer_to
        environment = child_environment(
            **provider_environment(gemini, groq),
            APP_DATA_DIR=str(self._data),
            APP_DATABASE_URL=self._url,
            APP_TIMEZONE="UTC",
        )
        try:
            for life in range(times):
                self._one_life({**environment, "PRIMARY_LLM": ("gemini", "groq")[life % 2]})
                self._check()
                refused = [*gemini.refusals, *groq.refusals]
                assert not refused, f"a provider refused a thread: {refused}"
        finally:
            gemini.stop()
            groq.stop()
        unfinished = len(self.begun - self.acknowledged)
        return (
            f"{times} kills: {len(self.acknowledged)} turns acknowledged, {unfinished} cut off; "
            "nothing lost, nothing twice, every thread went on."
        )

    def _one_life(self, environment: dict[str, str]) -> None:
        number = max(self.begun, default=0) + 1
        how = signal.SIGINT if self._chance.random() < 0.25 else signal.SIGKILL
        turns_left = self._chance.randrange(3)
        told, tells = os.pipe()
        streams = (tells, tells, 2)
        with os.fdopen(told) as lines:
            program = self._warm.start(
                ["-m", "tests.killing", str(number)], streams, ROOT, environment
            )
            os.close(tells)
            for line in lines:
                word, _, rest = line.strip().partition(" ")
                if word == "begun":
                    self.begun.add(int(rest))
                    if turns_left == 0:
                        time.sleep(self._chance.random() * 0.12)
                        os.kill(program.pid, how)
                    turns_left -= 1
                elif word == "acknowledged":
                    self.acknowledged.add(int(rest))
                else:
                    raise AssertionError(line)
            program.wait()

    def _check(self) -> None:
        engine = open_engine(self._url)
        with reading(engine) as connection:
            titles = connection.scalars(text("SELECT title FROM task_relay_tasks")).all()
            said = connection.scalars(
                text("SELECT text FROM task_relay_transcript WHERE role = 'person'")
            ).all()
        engine.dispose()
        counts = Counter(titles)
        for number in self.acknowledged:
            for half in ("a", "b"):
                assert counts[f"task {number}{half}"] == 1, f"task {number}{half} is not there once"
            assert said.count(f"add task {number}") == 1, f"turn {number} is not told once"
        assert not [title for title, count in counts.items() if count > 1], "a task is there twice"


def _answer_to(body: dict[str, Any]) -> Step:
    """Add two tasks where the last word is the person's and asks for it; else just answer."""
    last = (body.get("contents") or body["messages"])[-1]
    asked = re.findall(r"add task (\d+)", json.dumps(last))
    if not asked:
        return says("Well.")
    both = [f"task {asked[-1]}{half}" for half in ("a", "b")]
    return Answer(calls=tuple(("add_task", {"title": title}) for title in both))


async def _live(number: int) -> None:
    from app.agent import Agent
    from app.settings import Settings

    settings = Settings.load()
    agent = Agent(settings)
    reply = await agent.process_message("ann", "are you there?")
    if not reply.ok or reply.provider != settings.primary_llm:
        _tell(f"broken {reply}")
    while True:
        _tell(f"begun {number}")
        reply = await agent.process_message("ann", f"add task {number}")
        _tell(f"acknowledged {number}" if reply.ok else f"broken {reply}")
        number += 1


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    try:
        asyncio.run(_live(int(sys.argv[1])))
    finally:
        os._exit(0)
