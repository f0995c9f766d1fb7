import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conversations import TurnLocks, open_turn_locks
from tests.conftest import child_environment

HOLD = """
import sys
from pathlib import Path
from app.conversations import open_turn_locks
print(open_turn_locks(Path(sys.argv[1])).take("t"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[TurnLocks]:
    opened = open_turn_locks(tmp_path)
    yield opened
    opened.close()


def test_lock_is_taken_once_and_others_are_free(locks: TurnLocks) -> None:
    assert locks.take("t")
    assert not locks.take("t")
    assert locks.take("another")
    locks.give_back("t")
    assert locks.take("t")


def test_lock_of_another_process_holds_until_it_dies(locks: TurnLocks, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    try:
        assert holder.stdout.readline() == b"True\n"
        assert not locks.take("t")
        assert locks.take("another")
    finally:
        holder.kill()
        holder.wait(10)
        holder.stdin.close()
        holder.stdout.close()
    assert locks.take("t")
