import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from langgraph.checkpoint.base import empty_checkpoint
from sqlalchemy import make_url

from app.conversations import ConversationSaver, open_conversations, translated
from app.errors import DatabaseError
from app.settings import Settings
from tests.conftest import child_environment
from tests.fakes.warm import Warm
from tests.postgresql import Databases

CONFIG: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
OPEN = """
import sys
from app.conversations import open_conversations
from app.settings import Settings
open_conversations(Settings(database_url=sys.argv[1])).close()
"""


@pytest.fixture
def saver(postgresql_url: str) -> Iterator[ConversationSaver]:
    opened = open_conversations(Settings(database_url=postgresql_url))
    yield opened
    opened.close()


def put(saver: ConversationSaver, said: object) -> None:
    checkpoint = {**empty_checkpoint(), "channel_values": {"said": said}}
    checkpoint["channel_versions"] = {"said": "1"}
    saver.put(CONFIG, checkpoint, {}, {"said": "1"})  # type: ignore[arg-type]


def said(saver: ConversationSaver) -> object:
    found = saver.get_tuple(CONFIG)
    return found and found.checkpoint["channel_values"]["said"]


def test_what_is_put_is_found_by_another_process(
    saver: ConversationSaver, postgresql_url: str
) -> None:
    put(saver, ["hello"])
    other = open_conversations(Settings(database_url=postgresql_url))
    assert said(other) == ["hello"]
    other.close()


def test_any_number_of_event_loops_and_threads_use_it_at_once(saver: ConversationSaver) -> None:
    async def many() -> list[Any]:
        configs = [{"configurable": {"thread_id": str(n), "checkpoint_ns": ""}} for n in range(30)]
        await asyncio.gather(*(saver.aput(c, empty_checkpoint(), {}, {}) for c in configs))  # type: ignore[arg-type]
        await asyncio.gather(*(saver.aput_writes(_at(c, saver), [("x", 1)], "1") for c in configs))
        return [found async for found in saver.alist(None)]

    def _at(config: Any, saver: ConversationSaver) -> Any:
        found = saver.get_tuple(config)
        assert found is not None
        return found.config

    found = asyncio.run(many())
    assert len(found) == 30
    assert all(one.pending_writes for one in found)
    assert len(asyncio.run(many())) == 60


def test_thread_is_deleted_whole(saver: ConversationSaver) -> None:
    put(saver, "x")
    asyncio.run(saver.adelete_thread("t"))
    assert said(saver) is None


def test_tables_of_a_host_with_the_same_names_stay_untouched(databases: Databases) -> None:
    url = databases.empty()
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as host:
        host.execute("CREATE TABLE checkpoints (theirs INTEGER)")
        opened = open_conversations(Settings(database_url=url))
        put(opened, "ours")
        assert said(opened) == "ours"
        opened.close()
        assert host.execute("SELECT * FROM checkpoints").fetchall() == []
        (tables,) = host.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'task_relay'"
        ).fetchone() or (0,)
    assert tables == 4
    databases.drop(url)


def test_processes_that_start_together_make_the_tables_once(
    databases: Databases, warm: Warm
) -> None:
    url = databases.empty()
    command = [str(warm.python), "-c", OPEN, url]
    started = [
        subprocess.Popen(command, env=child_environment(), stderr=subprocess.PIPE) for _ in range(3)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0] * 3, ended
    databases.drop(url)


def test_missing_right_to_make_the_schema_is_told(databases: Databases) -> None:
    url = databases.empty()
    databases.run("DROP ROLE IF EXISTS task_relay_guest")
    databases.run("CREATE ROLE task_relay_guest LOGIN")
    guest = make_url(url).set(username="task_relay_guest").render_as_string(hide_password=False)
    with pytest.raises(DatabaseError, match=r"conversations can't be used.*the right to it"):
        open_conversations(Settings(database_url=guest))
    databases.drop(url)
    databases.run("DROP ROLE task_relay_guest")


def test_server_that_is_gone_is_told_at_once_and_without_the_password() -> None:
    settings = Settings(database_url="postgresql://ann:hidden@127.0.0.1:9/work")
    with pytest.raises(DatabaseError, match=r"refused\. Check that the server runs") as error:
        open_conversations(settings)
    assert "hidden" not in str(error.value)


def test_failure_in_the_middle_of_a_turn_is_told(
    saver: ConversationSaver, postgresql_url: str
) -> None:
    with (
        pytest.raises(DatabaseError, match="The conversations can't be used"),
        translated(Settings(database_url=postgresql_url)),
        saver.conn.connection() as connection,
    ):
        connection.execute("SELECT nonsense")


def test_missing_packages_are_told_with_the_command_that_brings_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "app.conversations.savers.postgresql_saver", raising=False)
    monkeypatch.setitem(sys.modules, "langgraph.checkpoint.postgres", None)
    with pytest.raises(DatabaseError, match=r'pip install -e "\.\[postgres\]"'):
        open_conversations(Settings(database_url="postgresql://ann@127.0.0.1:9/work"))
