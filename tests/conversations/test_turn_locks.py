import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import DatabaseError
from app.conversations import TurnLocks, open_turn_locks
from app.settings import Settings
from tests.conftest import child_environment

HOLD = """
import sys
from app.conversations import open_turn_locks
from app.settings import Settings
locks = open_turn_locks(Settings.load())
print(locks.take("t"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def locks(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TurnLocks]:
    """The locks of this process, over each store."""
    monkeypatch.setenv("APP_DATABASE_URL", database_url)
    opened = open_turn_locks(Settings.load())
    yield opened
    opened.close()


def test_lock_is_taken_once_and_others_are_free(locks: TurnLocks) -> None:
    assert locks.take("t")
    assert not locks.take("t")
    assert locks.take("another")
    locks.give_back("t")
    assert locks.take("t")


def test_lock_of_another_process_holds_until_it_dies(locks: TurnLocks) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD],
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
    for _ in range(500):  # PostgreSQL notices the death of a client after a moment
        if locks.take("t"):
            return
    raise AssertionError("the lock of the dead is still held")


def test_disk_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("app.conversations.locks.turn_locks._lock", refuse)
    locks = open_turn_locks(Settings(data_dir=tmp_path))
    with pytest.raises(DatabaseError, match=r"turns\.lock can't be locked \(No locks"):
        locks.take("t")
