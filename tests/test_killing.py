"""A process may die at any instant of a turn."""

import random
from pathlib import Path

from tests.fakes.warm import Warm
from tests.killing import Killer


def test_nothing_is_lost_and_nothing_twice_when_turns_are_killed(
    warm: Warm, tmp_path: Path
) -> None:
    killer = Killer(tmp_path, random.Random(), warm)
    told = killer.kill(20)
    assert told.startswith("20 kills: ")
    assert len(killer.acknowledged) >= 5
    assert killer.begun - killer.acknowledged
