"""Time how fast commands start: `python -m benchmarks.startup [--rounds N] [--starts NAME ...]`.

Whole processes, each against `python -c "import langgraph.graph"` in the same round, so that
a busy machine slows both; the median of the rounds' ratios counts. The chat's prompt is timed
on a pseudo-terminal, until it is on the screen.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import pexpect

from tests.conftest import ROOT, child_environment

_YARDSTICK = ("-c", "import langgraph.graph")
_TARGETS = {"--help": 0.1, "tasks": 0.4, "the chat's prompt": 0.25, "a one-shot offline turn": 1.3}
_PROMPT = r"\x1b\[\?2004h.*>.*\x1b\[\?25h"
"""The prompt, and the cursor that is shown behind it."""
_LIMIT = 60


def main() -> int:
    """Print the ratios; return 1 where one misses its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--starts", nargs="+", choices=_TARGETS, default=[*_TARGETS], metavar="NAME"
    )
    options = parser.parse_args()
    rounds = options.rounds
    with tempfile.TemporaryDirectory() as place:
        # Nothing is called here, and the tests' guard of the network slows every import down.
        environment = child_environment(
            APP_DATA_DIR=f"{place}/data", APP_TIMEZONE="UTC", PYTHONPATH=str(ROOT)
        )
        runs = {n: run for n, run in _runs(environment).items() if n in options.starts}
        for run in runs.values():
            run()  # fills the caches, and makes the database
        ratios: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(rounds):
            yardstick = _timed(lambda: _python(environment, *_YARDSTICK))
            for name, run in runs.items():
                ratios[name].append(run() / yardstick)
    missed = False
    for name, found in ratios.items():
        ratio, target = statistics.median(found), _TARGETS[name]
        missed |= ratio > target
        verdict = "missed" if ratio > target else "met"
        sys.stdout.write(
            f"{name:24} {ratio:5.2f} (from {min(found):.2f} to {max(found):.2f}), "
            f"target {target:.2f}: {verdict}\n"
        )
    return int(missed)


def _runs(environment: dict[str, str]) -> dict[str, Callable[[], float]]:
    """Return what is timed, by name; each gives its seconds."""

    def app(*args: str) -> Callable[[], float]:
        return lambda: _timed(lambda: _python(environment, "-m", "app", *args))

    return {
        "--help": app("--help"),
        "the chat's prompt": lambda: _prompt(environment),
        "a one-shot offline turn": app("chat", "-m", "list"),
        "tasks": app("tasks"),
    }


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _python(environment: dict[str, str], *args: str) -> int:
    return subprocess.run(
        [sys.executable, *args],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_LIMIT,
        check=False,
    ).returncode


def _prompt(environment: dict[str, str]) -> float:
    """Return the seconds until the chat's prompt is on the screen; then leave."""
    terminal = {**environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    began = time.perf_counter()
    chat = pexpect.spawn(
        sys.executable, ["-m", "app", "chat"], cwd=str(ROOT), env=terminal, timeout=_LIMIT
    )
    chat.expect(_PROMPT)
    seconds = time.perf_counter() - began
    chat.sendeof()
    chat.expect(pexpect.EOF)
    chat.close()
    assert chat.exitstatus == os.EX_OK, chat.exitstatus
    return seconds


if __name__ == "__main__":
    sys.exit(main())
