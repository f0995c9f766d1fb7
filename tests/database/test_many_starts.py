"""Start many programs at once: each waits for its turn, and none is turned away."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.database import preparing
from app.database.file_locks import PREPARING_S
from app.errors import DatabaseError
from tests.conftest import Ended, child_environment
from tests.fakes.warm import Warm

HOLDS = """
import fcntl, sys
descriptor = open(sys.argv[1], "w")
fcntl.lockf(descriptor, fcntl.LOCK_EX, 1, 0)
print("held", flush=True)
sys.stdin.read()
"""


def start_at_once(warm: Warm, directory: Path, number: int, *words: str) -> list[tuple[int, str]]:
    """Start so many programs, `#` in their words being the number of each; return how they end."""
    started = [
        subprocess.Popen(
            [warm.python, "-m", "app", *(word.replace("#", str(one)) for word in words)],
            cwd=directory,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for one in range(number)
    ]
    told = [process.communicate()[1] for process in started]
    return [(process.returncode, text) for process, text in zip(started, told, strict=True)]


@pytest.mark.parametrize("number", [12, pytest.param(100, marks=pytest.mark.long)])
def test_all_that_start_at_once_add_their_task(
    warm: Warm, tmp_path: Path, command: Callable[..., Ended], number: int
) -> None:
    empty = start_at_once(warm, tmp_path, number, "add", "first #")
    assert empty == [(0, "")] * number
    used = start_at_once(warm, tmp_path, number, "add", "second #")
    assert used == [(0, "")] * number
    titles = command("export", "--format", "todotxt").out
    assert titles.count("first") == titles.count("second") == number


@pytest.mark.parametrize("number", [3, pytest.param(30, marks=pytest.mark.long)])
def test_chats_that_start_at_once_all_answer(warm: Warm, tmp_path: Path, number: int) -> None:
    chats = start_at_once(warm, tmp_path, number, "chat", "-m", "add task #", "--thread", "t#")
    assert {code for code, _ in chats} == {0}, chats


def test_start_that_hangs_while_it_makes_the_tables_is_told(tmp_path: Path, warm: Warm) -> None:
    file = tmp_path / "tasks.db"
    with subprocess.Popen(
        [warm.python, "-c", HOLDS, f"{file}.lock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=child_environment(),
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        waited: list[float] = [0.0]

        def sleep(seconds: float) -> None:
            waited[0] += seconds * 1000

        with (
            pytest.raises(DatabaseError, match=r"preparing .*tasks\.db for 300 seconds"),
            preparing(file, monotonic=lambda: waited[0], sleep=sleep),
        ):
            pass
        assert waited[0] > PREPARING_S
        holder.communicate()
    with preparing(file):
        pass
