"""Keys of threads: nobody can compute them, each thread keeps its own, and each has one owner."""

import sqlite3
import subprocess
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.conversations import ThreadKeys, Transcript
from app.conversations.thread_keys import conversation_key, guessable_key
from app.database import open_engine, upgrade
from app.runtime.stores import Stores
from app.settings import Settings
from tests.conftest import Relay, child_environment
from tests.fakes.clock import FixedClock
from tests.fakes.gemini import GeminiServer
from tests.fakes.inside import Enter
from tests.fakes.steps import says
from tests.fakes.warm import Warm


class Checkpoints:
    """What a checkpointer tells of owners."""

    def __init__(self, **owners: str) -> None:
        self.owners = owners

    def owner_of(self, thread_id: str) -> str | None:
        return self.owners.get(thread_id)


@pytest.fixture
def keys(engine: Engine) -> ThreadKeys:
    return ThreadKeys(engine, Checkpoints)


def test_key_is_a_uuid_of_a_version_that_no_server_makes_and_says_nothing_of_the_names() -> None:
    key = uuid.UUID(conversation_key("ann", "main", b"secret"))
    assert (key.version, key.variant) == (8, uuid.RFC_4122)
    others = {
        conversation_key(*names, secret, life)
        for names in (("ann", "main"), ("annm", "ain"), ("ann", "mai"), ("an", "nmain"))
        for secret in (b"secret", b"another")
        for life in (0, 1)
    }
    assert len(others) == 16


def test_every_process_on_a_database_computes_the_same_keys_and_no_other_does(
    engine: Engine, keys: ThreadKeys, tmp_path: Path
) -> None:
    key = keys.key_of("ann", "main")
    assert keys.key_of("ann", "main") == key
    assert ThreadKeys(engine, Checkpoints).key_of("ann", "main") == key
    assert len({key, keys.key_of("ann", "work"), keys.key_of("bob", "main")}) == 3
    elsewhere = open_engine(f"sqlite:///{tmp_path}/elsewhere.db")
    upgrade(elsewhere)
    assert ThreadKeys(elsewhere, Checkpoints).key_of("ann", "main") != key
    elsewhere.dispose()


FIRST = """
import sys
from app.conversations import ThreadKeys
from app.database import open_engine, upgrade
engine = open_engine(sys.argv[1])
upgrade(engine)
class Nobody:
    def owner_of(self, thread_id):
        return None
print(ThreadKeys(engine, Nobody).key_of("ann", "main"))
"""


def test_processes_that_start_together_make_one_secret(store_url: str, warm: Warm) -> None:
    started = [
        subprocess.Popen(
            [warm.python, "-c", FIRST, store_url],
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert len({out for out, _ in ended}) == 1, ended
    assert len(ended[0][0].strip()) == 36


def test_thread_that_the_list_has_keeps_its_key(
    engine: Engine, keys: ThreadKeys, clock: FixedClock
) -> None:
    of_a_server, before = str(uuid.uuid4()), guessable_key("ann", "main")
    transcript = Transcript(engine)
    transcript.begin("ann", of_a_server, "from studio", clock.now())
    transcript.begin("ann", before, "main", clock.now())
    assert keys.key_of("ann", "from studio") == of_a_server
    assert keys.key_of("ann", "main") == before
    assert keys.key_of("bob", "from studio") != of_a_server


def test_thread_of_a_version_that_kept_no_list_is_found_by_its_own_words(engine: Engine) -> None:
    before = guessable_key("ann", "main")
    assert (
        ThreadKeys(engine, lambda: Checkpoints(**{before: "ann"})).key_of("ann", "main") == before
    )
    planted = ThreadKeys(engine, lambda: Checkpoints(**{before: "bob"}))
    assert planted.key_of("ann", "main") != before


@pytest.mark.parametrize("key", ["42", "room of a host"])
def test_id_of_a_host_is_no_key_of_ours(
    engine: Engine, keys: ThreadKeys, clock: FixedClock, key: str
) -> None:
    Transcript(engine).begin("ann", key, "main", clock.now(), shared=True)
    assert uuid.UUID(keys.key_of("ann", "main")).version == 8


def test_owner_is_who_began_it_whoever_speaks_there_later(
    engine: Engine, keys: ThreadKeys, clock: FixedClock
) -> None:
    room, transcript = str(uuid.uuid4()), Transcript(engine)
    assert keys.owner_of(room) is None
    assert transcript.begin("ann", room, "room", clock.now()) == "ann"
    assert transcript.begin("bob", room, "room", clock.now()) == "ann"
    assert transcript.threads("bob") == ()
    assert transcript.begin("bob", room, "room", clock.now(), shared=True) == "bob"
    assert transcript.begin("ann", room, "room", clock.now()) == "ann"
    assert (keys.owner_of(room), transcript.begun_by(room)) == ("ann", "ann")
    assert keys.key_of("ann", "room") == room
    assert keys.key_of("bob", "room") != room, "in a host's room there is a key of one's own"
    other = ThreadKeys(engine, lambda: Checkpoints(x="carl"))
    assert (other.owner_of("x"), other.owner_of("y")) == ("carl", None)


def test_deleted_key_never_comes_back(engine: Engine, keys: ThreadKeys, clock: FixedClock) -> None:
    transcript, seen = Transcript(engine), set()
    for life in range(3):
        key = keys.key_of("ann", "main")
        assert key not in seen
        seen.add(key)
        transcript.begin("ann", key, "main", clock.now())
        if life == 1:
            transcript.forget("ann", clock.now())
        else:
            transcript.forget_thread(key, clock.now(), "ann")
        clock.move(minutes=1)
    deleted = keys.deleted_after(0)
    assert {thread.key for thread in deleted} == seen
    assert keys.deleted_after(deleted[1].number) == [deleted[2]]
    assert isinstance(deleted[2].deleted_at, datetime)
    assert deleted[2].deleted_at > deleted[1].deleted_at


def test_thread_that_is_deleted_twice_is_told_twice(
    engine: Engine, keys: ThreadKeys, clock: FixedClock
) -> None:
    key, transcript = str(uuid.uuid4()), Transcript(engine)
    last = 0
    for _ in range(2):
        transcript.begin("ann", key, "chat", clock.now())
        transcript.forget_thread(key, clock.now())
        (told,) = keys.deleted_after(last)
        last = told.number


def test_thread_of_several_is_not_gone_with_one_of_them(
    engine: Engine, keys: ThreadKeys, clock: FixedClock
) -> None:
    room, transcript = str(uuid.uuid4()), Transcript(engine)
    for user in ("ann", "bob"):
        transcript.begin(user, room, "room", clock.now(), shared=True)
    transcript.forget("ann", clock.now())
    assert keys.deleted_after(0) == []
    assert keys.owner_of(room) == "bob"


def test_keys_work_after_a_backup_is_put_back_into_an_empty_place(
    relay: Relay, gemini: GeminiServer, tmp_path: Path, enter: Enter, data_dir: Path
) -> None:
    relay.say("remember this", thread="work")
    key = relay.agent.container.thread_keys().key_of("ann", "work")
    unused = relay.agent.container.thread_keys().key_of("ann", "never used")
    relay.end()
    assert enter("backup", str(tmp_path / "b.zip")).code == 0
    for file in ("tasks.db", "conversations.db"):
        (data_dir / file).unlink()
    assert enter("restore", str(tmp_path / "b.zip"), "--yes").code == 0
    relay.restart()
    gemini.plays(says("I do."))
    relay.say("do you?", thread="work")
    assert len(gemini.requests[-1]["body"]["contents"]) == 3
    assert relay.agent.container.thread_keys().key_of("ann", "work") == key
    assert relay.agent.container.thread_keys().key_of("ann", "never used") == unused


def test_backup_of_an_earlier_version_goes_on_with_its_own_keys(
    make_relay: Callable[..., Relay],
    relay: Relay,
    gemini: GeminiServer,
    tmp_path: Path,
    enter: Enter,
    data_dir: Path,
) -> None:
    before = guessable_key("ann", "main")
    relay.say("remember this")
    relay.end()
    with closing(sqlite3.connect(data_dir / "tasks.db")) as tasks:
        ((key,),) = tasks.execute("SELECT key FROM task_relay_threads").fetchall()
        tasks.execute("UPDATE task_relay_threads SET key = ?", (before,))
        tasks.executescript(BACK_TO_0005)
        tasks.commit()
    with closing(sqlite3.connect(data_dir / "conversations.db")) as kept:
        for table in ("checkpoints", "writes"):
            kept.execute(f"UPDATE {table} SET thread_id = ? WHERE thread_id = ?", (before, key))
        kept.commit()
    assert enter("backup", str(tmp_path / "old.zip")).code == 0
    assert enter("restore", str(tmp_path / "old.zip"), "--yes").code == 0
    gemini.plays(says("I do."))
    relay.restart()
    relay.say("do you?")
    assert len(gemini.requests[-1]["body"]["contents"]) == 3
    keys = relay.agent.container.thread_keys()
    assert (keys.key_of("ann", "main"), keys.owner_of(before)) == (before, "ann")
    assert uuid.UUID(keys.key_of("ann", "new")).version == 8


BACK_TO_0005 = """
DROP INDEX task_relay_threads_by_owner;
DROP TABLE task_relay_deleted_threads;
DROP TABLE task_relay_thread_secret;
UPDATE task_relay_version SET version_num = '0005';
"""


def test_secret_is_in_the_database_of_the_threads_and_read_once(
    store_url: str, clock: FixedClock, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data", timezone="UTC", database_url=store_url)
    stores = Stores(settings, clock)
    key = stores.thread_keys().key_of("ann", "main")
    assert stores.thread_keys() is stores.thread_keys()
    again = Stores(settings, clock)
    assert again.thread_keys().key_of("ann", "main") == key
    for each in (stores, again):
        each.close()
