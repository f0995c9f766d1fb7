"""A process may die at any instant of a turn."""

import random
from pathlib import Path

import pytest

from tests.fakes.warm import Warm
from tests.killing import Killer


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.long)])
def test_nothing_is_lost_and_nothing_twice_when_turns_are_killed(
    kills: int, warm: Warm, tmp_path: Path
) -> None:
    killer = Killer(tmp_path, random.Random(), warm)
    summary = killer.kill(kills)
    assert summary.startswith(f"{kills} kills: ")
    assert len(killer.acknowledged) >= kills // 4
    assert killer.begun - killer.acknowledged
