"""What a server meets in our checkpointer beside checkpoints: sentences, and deletion of all."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.base import empty_checkpoint

from app.conversations import Role, TranscriptMessage, open_conversations
from app.errors import DatabaseError
from app.runtime.stores import Stores
from app.settings import Settings
from tests.fakes.clock import FixedClock
from tests.postgresql import Databases

KEY = "6f0d6d0e-2b0a-7c52-9a3c-6c1a9a1f2f6e"
THREAD: Any = {"configurable": {"thread_id": KEY, "checkpoint_ns": ""}}


@pytest.fixture
def stores(store_url: str, tmp_path: Path, clock: FixedClock) -> Any:
    settings = Settings(data_dir=tmp_path, timezone="UTC", database_url=store_url)
    made = Stores(settings, clock)
    yield made
    made.close()


def put(saver: Any) -> None:
    asyncio.run(saver.aput(THREAD, empty_checkpoint(), {"source": "loop"}, {}))


def keep(stores: Stores, user: str, clock: FixedClock) -> None:
    said = TranscriptMessage("m", Role.PERSON, f"{user}'s words")
    stores.transcript().keep(user, KEY, KEY, [said], clock.now())


def kept(stores: Stores, user: str) -> int:
    return len(list(stores.transcript().all_of(user)))


@pytest.mark.parametrize("way", ["delete", "prune"])
def test_deletion_by_a_server_takes_what_was_said_along(
    stores: Stores, clock: FixedClock, way: str
) -> None:
    saver = stores.conversations()
    put(saver)
    for user in ("ann", "bob"):
        keep(stores, user, clock)
    assert stores.thread_keys().owner_of(KEY) == "ann"
    if way == "delete":
        asyncio.run(saver.adelete_thread(KEY))
    else:
        asyncio.run(saver.aprune([KEY], strategy="delete"))
    assert (kept(stores, "ann"), kept(stores, "bob")) == (0, 0)
    assert saver.get_tuple(THREAD) is None
    assert stores.transcript().threads("ann") == ()
    assert stores.thread_keys().owner_of(KEY) is None
    assert [thread.key for thread in stores.thread_keys().deleted_after(0)] == [KEY]


def test_end_of_a_run_without_a_thread_deletes_no_words(stores: Stores, clock: FixedClock) -> None:
    keep(stores, "ann", clock)
    asyncio.run(stores.conversations().adelete_thread(KEY))
    assert kept(stores, "ann") == 1


def test_deletion_that_fails_leaves_the_thread_to_be_deleted_again(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.database.sqlite.BUSY_TIMEOUT_S", 0.05)
    stores = Stores(Settings(data_dir=tmp_path, timezone="UTC"), clock)
    put(stores.conversations())
    keep(stores, "ann", clock)
    with closing(sqlite3.connect(tmp_path / "tasks.db")) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="close that one and try again"):
            asyncio.run(stores.conversations().adelete_thread(KEY))
    assert stores.conversations().get_tuple(THREAD) is not None
    asyncio.run(stores.conversations().adelete_thread(KEY))
    assert (kept(stores, "ann"), stores.conversations().get_tuple(THREAD)) == (0, None)
    stores.close()


def test_busy_file_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.database.sqlite.BUSY_TIMEOUT_S", 0.05)
    saver = open_conversations(Settings(data_dir=tmp_path))
    with closing(sqlite3.connect(tmp_path / "conversations.db")) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"conversations\.db can't be used: .*locked"):
            put(saver)
    saver.close()


def test_database_that_went_away_is_told_in_a_sentence(
    databases: Databases,
) -> None:
    url = databases.migrated()
    saver = open_conversations(Settings(database_url=url, turn_timeout=1.0))
    put(saver)
    databases.drop(url)

    async def all_of() -> list[Any]:
        return [found async for found in saver.alist(THREAD)]

    for ask in (all_of, lambda: saver.aget_tuple(THREAD), lambda: saver.adelete_thread(KEY)):
        with pytest.raises(DatabaseError, match="The conversations can't be used"):
            asyncio.run(ask())
    saver.close()
