"""How a busy SQLite is waited for, and what a connection is set to."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select

from app.database import UtcDateTime, advice, open_engine, patiently, reading, writing
from app.database.sqlite import BUSY_TIMEOUT_S, CHECKPOINT_PAGES, LONGEST_S, progress_of
from app.errors import DatabaseError

LOCKED = sqlite3.OperationalError("database is locked")


class Tries:
    """Something that fails so many times, beside a clock that each pause moves by a second."""

    def __init__(self, failures: int, error: Exception = LOCKED) -> None:
        self.left, self.error, self.now = failures, error, 0.0

    def work(self) -> str:
        self.left -= 1
        if self.left >= 0:
            raise self.error
        return "done"

    def pause(self) -> None:
        self.now += 1

    def patiently(self) -> str:
        return patiently(self.work, monotonic=lambda: self.now, pause=self.pause)


@pytest.mark.parametrize("failures", [0, 1, 11])
def test_locked_file_is_looked_at_again_until_the_timeout(failures: int) -> None:
    tries = Tries(failures)
    assert tries.patiently() == "done"
    assert tries.now == failures


def test_after_the_timeout_the_lock_is_told() -> None:
    tries = Tries(100)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        tries.patiently()
    assert tries.now == BUSY_TIMEOUT_S + 1


def test_who_sees_others_get_something_done_waits_on_up_to_a_limit() -> None:
    tries = Tries(100)
    moved = patiently(
        tries.work, progress=lambda: tries.now, monotonic=lambda: tries.now, pause=tries.pause
    )
    assert moved == "done"
    assert tries.now == 100
    tries = Tries(1000)
    with pytest.raises(sqlite3.OperationalError):
        patiently(
            tries.work, progress=lambda: tries.now, monotonic=lambda: tries.now, pause=tries.pause
        )
    assert tries.now == LONGEST_S + 1


def test_write_of_another_program_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "t.db"
    engine = open_engine(f"sqlite:///{file}")
    seen = progress_of(file)
    stands = [seen()]
    for statement in ("CREATE TABLE t (x)", "INSERT INTO t VALUES (1)"):
        with writing(engine, "x") as connection:
            connection.exec_driver_sql(statement)
        stands.append(seen())
    engine.dispose()
    assert len(set(map(str, stands))) == 3


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("disk I/O error"), ValueError("database is locked")]
)
def test_another_error_is_told_at_once(error: Exception) -> None:
    tries = Tries(1, error)
    with pytest.raises(type(error)):
        tries.patiently()
    assert tries.now == 0


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path}/t.db")
    yield opened
    opened.dispose()


def pragma(connection: object, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()  # type: ignore[attr-defined]


def test_connection_has_a_log_foreign_keys_and_a_timeout(engine: Engine) -> None:
    with engine.connect() as connection:
        assert pragma(connection, "journal_mode") == "wal"
        assert pragma(connection, "foreign_keys") == 1
        assert pragma(connection, "busy_timeout") == BUSY_TIMEOUT_S * 1000
        assert pragma(connection, "wal_autocheckpoint") == CHECKPOINT_PAGES


def test_write_is_on_the_disk_unless_it_is_relaxed(engine: Engine) -> None:
    normal, full = 1, 2
    for relaxed, level in ((True, normal), (False, full), (True, normal)):
        with writing(engine, "x", relaxed=relaxed) as connection:
            assert pragma(connection, "synchronous") == level
            assert pragma(connection, "busy_timeout") == BUSY_TIMEOUT_S * 1000


def test_write_takes_the_lock_before_it_reads_and_a_read_takes_none(engine: Engine) -> None:
    other = sqlite3.connect(str(engine.url.database), isolation_level=None, timeout=0)
    with reading(engine):
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
    with writing(engine, "x"), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_nothing_of_a_write_that_fails_stays(engine: Engine) -> None:
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True))
    table.metadata.create_all(engine)

    def write_twice() -> None:
        with writing(engine, "x") as connection:
            for _ in range(2):
                connection.execute(insert(table).values(id=1))

    with pytest.raises(DatabaseError, match=r"t\.db failed: UNIQUE .* Nothing was changed"):
        write_twice()
    with reading(engine) as connection:
        assert connection.execute(select(table)).all() == []


def test_instants_come_back_in_utc_whatever_their_zone(engine: Engine) -> None:
    table = Table("t", MetaData(), Column("at", UtcDateTime))
    table.metadata.create_all(engine)
    local = datetime(2026, 3, 4, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    with writing(engine, "x") as connection:
        connection.execute(insert(table), [{"at": local}, {"at": None}])
        stored = connection.exec_driver_sql("SELECT at FROM t").scalars().all()
        found = connection.scalars(select(table.c.at)).all()
    assert stored == ["2026-03-05 04:30:00.000000", None]
    assert found == [local, None]
    assert found[0].tzinfo is UTC


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("database is locked", "Another program holds it"),
        ("database or disk is full", "Free some space"),
        ("attempt to write a readonly database", "Check that you may write"),
        ("unable to open database file", "Check that you may write"),
        ("database disk image is malformed", "It is damaged"),
        ("disk I/O error", "Its disk may be full"),
        ("file is not a database", "That file is something else"),
        ("no such table: x", "Nothing was changed."),
    ],
)
def test_trouble_comes_with_what_to_do(cause: str, told: str) -> None:
    assert advice(sqlite3.OperationalError(cause)).startswith(told)
