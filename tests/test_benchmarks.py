"""Start each benchmark once, on its smallest size; what it measures is not the point."""

from pathlib import Path

import pytest

from tests.conftest import ROOT, child_environment
from tests.fakes.warm import Warm

pytestmark = pytest.mark.long

OURS_AND_LANGCHAINS = ("task relay", "with_fallbacks", "middleware")
SMALLEST = {
    "chat_model": ("--calls", "2"),
    "conversations": ("--turns", "2", "--peers", "2", "--kills", "1"),
    "failover": ("--rounds", "1", "--scenes", "retired model", "--systems", *OURS_AND_LANGCHAINS),
    "failover of two faults": (
        *("--rounds", "1", "--systems", "task relay", "--outage", "0.4", "--every", "0.2"),
        *("--scenes", "503, and 500 once", "outage of a minute"),
    ),
    "hosts": ("--ways", "ChatRelay", "--no-standard"),
    "load": ("--users", "1", "--delay", "0", "--rounds", "1", "--processes", "1", "--changes", "1"),
    "startup": ("--rounds", "1", "--starts=--help"),
    "store": ("--tasks", "10", "--rounds", "2", "--stores", "sqlite"),
    "strangers": ("--turns", "1", "--messages", "2", "--connections", "2"),
}
TOLD = {
    "chat_model": ("stream   ours", "astream  ours", "target +1.00 ms"),
    "conversations": ("task relay", "plain LangGraph", "create_agent", "1 kills: "),
    "failover": (*OURS_AND_LANGCHAINS, "fallback, right"),
    "failover of two faults": ("fallback, right", "primary 0 s after its return"),
    "hosts": (
        "| usage counted, primary down | once |",
        "| a break in mid-stream | NoAnswerError |",
    ),
    "load": ("task relay", "create_agent", "1 there, 0 processes failed"),
    "startup": ("--help", "target 0.10"),
    "store": ("SQLite 10", "list all by urgency", "undo"),
    "strangers": ("2 messages in a run", "2 open, 0 closed by the server"),
}
"""What each says; the other peers of `failover` take seconds to import, and LangChain's half a
minute for two faults."""
WITH_TARGETS = {"chat_model", "startup"}
"""Those whose exit code says whether times are as they should be, which is not looked at here."""
HELPERS = {"host_ways", "standard_cases", "scenes", "slow_providers", "systems", "writer"}


@pytest.mark.parametrize("name", SMALLEST)
def test_benchmark_runs_to_its_end(warm: Warm, tmp_path: Path, name: str) -> None:
    ended = warm.run(
        ["-m", f"benchmarks.{name.split(maxsplit=1)[0]}", *SMALLEST[name]],
        None,
        ROOT,
        child_environment(TMPDIR=str(tmp_path)),
    )
    assert ended.code in ((0, 1) if name in WITH_TARGETS else (0,)), ended.err
    for words in TOLD[name]:
        assert words in ended.out
    assert list(tmp_path.glob("task-relay-bench-*")) == [], "it leaves nothing behind"


def test_every_benchmark_is_started() -> None:
    modules = {file.stem for file in (ROOT / "benchmarks").glob("*.py")} - {"__init__"}
    assert modules - HELPERS == {name.split()[0] for name in SMALLEST}
