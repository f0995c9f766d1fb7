"""Fork a process that has used the relay: children and parent go on answering."""

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.database import open_engine
from app.forking import Guard, at_fork
from app.settings import Settings
from app.telemetry import Ledger
from tests.conftest import child_environment, provider_environment
from tests.fakes import forked
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.warm import Warm

Fork = Callable[..., Counter[str]]
WAYS = [("async", "async"), ("async", "sync"), ("sync", "async"), ("sync", "sync")]


@pytest.fixture
def fork(
    warm: Warm, tmp_path: Path, gemini: GeminiServer, groq: GroqServer, data_dir: Path
) -> Fork:
    """Run the program that forks, and count the lines that it says."""

    def run(way: str, before: str, after: str, **more: str) -> Counter[str]:
        environment = provider_environment(gemini, groq) | {"APP_DATA_DIR": str(data_dir)} | more
        program = ("-m", forked.__name__, way, before, after)
        ended = warm.run(program, None, tmp_path, child_environment(**environment))
        assert (ended.code, ended.err) == (0, "")
        return Counter(ended.out.split("\n"))

    return run


@pytest.mark.parametrize(("before", "after"), WAYS)
def test_children_and_parent_go_on(fork: Fork, data_dir: Path, before: str, after: str) -> None:
    said = fork("os.fork", before, after)
    assert said == {"parent: gemini": 3, "child: gemini": 6, "ended: 0": 3, "": 1}
    for name in ("tasks.db", "conversations.db"):
        if (data_dir / name).exists():
            with closing(sqlite3.connect(data_dir / name)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    engine = open_engine(Settings(data_dir=data_dir).database_url)
    assert len(Ledger(engine).since(FixedClock().now().replace(year=2020))) == 9
    engine.dispose()


@pytest.mark.parametrize(("before", "after"), WAYS[:2])
def test_children_of_a_pool_go_on(fork: Fork, before: str, after: str) -> None:
    assert fork("fork", before, after) == {"parent: gemini": 2, "child: gemini": 4, "": 1}


@pytest.mark.parametrize("way", ["spawn", "forkserver"])
def test_pools_that_start_anew_work_as_ever(fork: Fork, way: str) -> None:
    assert fork(way, "sync", "async") == {"parent: gemini": 2, "child: gemini": 4, "": 1}


def test_connections_to_postgresql_are_each_process_own(fork: Fork, postgresql_url: str) -> None:
    said = fork("os.fork", "async", "async", APP_DATABASE_URL=postgresql_url)
    assert said == {"parent: gemini": 3, "child: gemini": 6, "ended: 0": 3, "": 1}


def in_a_child(check: Callable[[], bool]) -> bool:
    """Say what a check says in a forked child."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if check() else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_lock_that_another_thread_holds_is_free_in_the_child() -> None:
    guard, held, done = Guard(), threading.Event(), threading.Event()

    def hold() -> None:
        with guard:
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()

    def free() -> bool:
        with guard:
            return True

    assert in_a_child(free)
    done.set()
    holder.join()
    assert free()


class Thing:
    """Notes what is done with it."""

    def __init__(self, notes: list[str], name: str) -> None:
        self.notes, self.name = notes, name

    def note(self, what: str) -> None:
        self.notes.append(f"{self.name} {what}")


def test_who_works_rests_first_and_one_broken_step_stops_no_other() -> None:
    notes: list[str] = []
    store, writer, broken, gone = (Thing(notes, n) for n in ("store", "writer", "broken", "gone"))
    for thing, works in ((store, False), (gone, False), (broken, False), (writer, True)):
        at_fork(
            thing,
            before=lambda thing: thing.note("before"),
            after_in_parent=lambda thing: thing.note("parent"),
            after_in_child=lambda thing: thing.note("child"),
            works=works,
        )
    at_fork(broken, before=lambda thing: 1 / 0)
    del gone, thing
    before = ["writer before", "store before", "broken before"]
    in_child, in_parent = (
        [*before, *(f"{name} {where}" for name in ("writer", "store", "broken"))]
        for where in ("child", "parent")
    )
    assert in_a_child(lambda: notes == in_child)
    assert notes == in_parent
