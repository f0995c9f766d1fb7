"""Hold the README against the program."""

import shlex
from collections.abc import Callable
from pathlib import Path

from tests import walkthrough
from tests.conftest import Ended
from tests.documents import README, indented, section, sessions
from tests.fakes.warm import Warm


def test_it_is_short_enough_for_a_newcomer() -> None:
    assert len(README.splitlines()) <= 280


def test_it_opens_with_a_virtual_environment_and_the_two_commands() -> None:
    assert indented(README)[:3] == [
        "python3 -m venv .venv && . .venv/bin/activate",
        "python -m pip install -e . -c constraints.txt && python -m app chat",
        'python -m pip install -e ".[dev]" -c constraints.txt && python -m pytest',
    ]


def test_first_five_minutes_are_real_output_from_top_to_bottom(
    command: Callable[..., Ended],
) -> None:
    text = section(README, "## The first five minutes").split("To talk in your own words")[0]
    for typed, printed in sessions(indented(text)):
        _, _, _, *words = shlex.split(typed)
        ended = command(*words)
        assert ended.code == 0
        assert ended.out.splitlines() == printed
        warned = ended.err.startswith("Warning: GEMINI_API_KEY and GROQ_API_KEY are not set")
        assert warned == (words[0] == "chat")


def test_walk_through_a_failover_is_real_output(warm: Warm, tmp_path: Path) -> None:
    told: list[str] = []
    walkthrough.play(warm.python.parent, told.append)
    text = section(README, "## A failover, as it looks")
    assert indented(text) == [line for line in "".join(told).splitlines() if line]
