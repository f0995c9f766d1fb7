import sys
import threading
from collections.abc import Iterator

import pytest
from psycopg import Error, OperationalError, errors
from sqlalchemy import Engine, func, insert, make_url, select

from app.database import explained, in_code_order, open_engine, reading, upgrade, writing
from app.errors import DatabaseError
from app.tasks.store.rows import counters, tasks
from tests.postgresql import Databases

GONE = "postgresql+psycopg://ann:hidden@127.0.0.1:9/work"


@pytest.fixture
def opened(postgresql_url: str) -> Iterator[Engine]:
    engine = open_engine(postgresql_url)
    yield engine
    engine.dispose()


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(counters)) or 0


def test_writers_of_two_scopes_write_at_once_and_of_one_in_turn(opened: Engine) -> None:
    done: list[str] = []

    def write(scope: str) -> None:
        with writing(opened, scope):
            done.append(scope)

    with writing(opened, "tasks of ann"):
        write("tasks of bob")
        waiting = threading.Thread(target=write, args=("tasks of ann",))
        waiting.start()
        waiting.join(0.2)
        assert done == ["tasks of bob"]
    waiting.join(10)
    assert done == ["tasks of bob", "tasks of ann"]


def test_writer_sees_what_was_written_while_it_queued(opened: Engine) -> None:
    seen: list[int] = []
    row = {"user_id": "ann", "last_task_id": 1}

    def write() -> None:
        with writing(opened, "x") as connection:
            seen.append(connection.scalar(select(func.count()).select_from(counters)) or 0)

    with writing(opened, "x") as connection:
        waiting = threading.Thread(target=write)
        waiting.start()
        waiting.join(0.2)
        connection.execute(insert(counters).values(row))
    waiting.join(10)
    assert seen == [1]


def test_all_that_is_read_is_of_one_moment(opened: Engine) -> None:
    query = select(func.count()).select_from(counters)
    with reading(opened) as connection:
        assert connection.scalar(query) == 0
        with writing(opened, "x") as writer:
            writer.execute(insert(counters).values(user_id="ann", last_task_id=1))
        assert connection.scalar(query) == 0
    assert count(opened) == 1


def test_writer_that_waits_too_long_is_told_what_to_do(
    opened: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.database.postgresql.WAIT_S", 0.05)
    with (
        writing(opened, "x"),
        pytest.raises(DatabaseError, match=r"lock timeout\. Another program holds it; close"),
        writing(opened, "x"),
    ):
        pass


def test_nothing_of_a_write_that_fails_stays(opened: Engine) -> None:
    def write_twice() -> None:
        with writing(opened, "x") as connection:
            for _ in range(2):
                connection.execute(insert(counters).values(user_id="ann", last_task_id=1))

    with pytest.raises(DatabaseError, match="duplicate key") as told:
        write_twice()
    assert "ann" not in str(told.value)
    assert count(opened) == 0


def test_connection_that_the_server_closed_is_replaced(opened: Engine) -> None:
    assert count(opened) == 0
    with opened.connect() as one, opened.connect() as other:
        (number,) = one.exec_driver_sql("SELECT pg_backend_pid()").one()
        other.exec_driver_sql(f"SELECT pg_terminate_backend({number}, 5000)")
        one.invalidate()
    assert count(opened) == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (GONE, r"127\.0\.0\.1/work failed: .*refused\. Check that the server runs"),
        (GONE.replace("127.0.0.1", "no.invalid"), "resolve host .* Check that the server runs"),
        (f"{GONE}?pgbouncer=true", 'option "pgbouncer"\\. Take that option out'),
    ],
)
def test_address_where_nothing_is_found_is_told_without_the_password(url: str, told: str) -> None:
    engine = open_engine(url)
    with pytest.raises(DatabaseError, match=told) as error:
        upgrade(engine)
    assert "hidden" not in str(error.value)


def test_missing_database_user_and_right_are_told(databases: Databases) -> None:
    url = make_url(databases.empty())
    databases.run("DROP ROLE IF EXISTS task_relay_weak")
    databases.run("CREATE ROLE task_relay_weak LOGIN PASSWORD 'hidden'")
    weak = url.set(username="task_relay_weak", password="hidden")
    stranger = url.set(username="task_relay_stranger", password="hidden")
    for address, told in (
        (url.set(database="task_relay_none"), "does not exist. Make it, or name another"),
        (stranger, "Check user and password in APP_DATABASE_URL."),
        (weak, "permission denied for schema public. Give the user of APP_DATABASE_URL the right"),
    ):
        engine = open_engine(address.render_as_string(hide_password=False))
        with pytest.raises(DatabaseError) as error:
            upgrade(engine)
        engine.dispose()
        assert told in str(error.value)
        assert "hidden" not in str(error.value)
    databases.run("DROP ROLE task_relay_weak")


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (errors.DiskFull("could not extend file: No space left on device"), "Free some space"),
        (errors.TooManyConnections("sorry"), "All connections are in use"),
        (OperationalError("FATAL:  sorry, too many clients already"), "All connections are in use"),
        (OperationalError('FATAL:  password authentication failed for user "a"'), "Check user and"),
        (errors.ReadOnlySqlTransaction("cannot execute"), "It can only be read"),
        (errors.AdminShutdown("terminating connection"), "try again in a moment"),
        (errors.DeadlockDetected("deadlock detected"), "Another writer was quicker"),
        (errors.UntranslatableCharacter("no equivalent in LATIN1"), "encoding UTF8"),
        (OperationalError("FATAL:  the database system is starting up"), "try again in a moment"),
        (OperationalError("wrong: hidden\n\tIs the server running"), "failed: wrong: ***."),
    ],
)
def test_trouble_comes_with_what_to_do(cause: Error, told: str) -> None:
    sentence = explained(cause, make_url(GONE))
    assert sentence.startswith("The database 127.0.0.1/work failed: ")
    assert told in sentence


def test_missing_packages_are_told_with_the_command_that_brings_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseError, match=r'pip install -e "\.\[postgres\]"'):
        open_engine(GONE)


def test_texts_are_in_the_same_order_whatever_the_collation() -> None:
    ordered = select(tasks.c.id).order_by(in_code_order(tasks.c.title_key))
    assert str(ordered.compile(dialect=make_url(GONE).get_dialect()())).endswith(
        'title_key COLLATE "C"'
    )
    assert str(ordered.compile(dialect=make_url("sqlite://").get_dialect()())).endswith("title_key")
