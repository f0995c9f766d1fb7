"""What goes with a user, and what is others' to keep."""

from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from langgraph.checkpoint.base import empty_checkpoint

from app.conversations import Role, TranscriptMessage
from app.runtime import Stores, erase_thread, erase_user
from app.settings import Settings
from app.tasks import Owner
from tests.fakes.clock import FixedClock

ANN = Owner("ann", ZoneInfo("UTC"))


@pytest.fixture
def stores(store_url: str, tmp_path: Path, clock: FixedClock) -> Any:
    made = Stores(Settings(data_dir=tmp_path, timezone="UTC", database_url=store_url), clock)
    yield made
    made.close()


def room_of(stores: Stores, *users: str) -> str:
    """Make a host's thread in which several users speak, and in which something is stored."""
    room = str(uuid4())
    for user in users:
        stores.transcript().begin(user, room, "room", stores.clock.now(), shared=True)
        said = [TranscriptMessage(user, Role.PERSON, f"{user}'s words")]
        stores.transcript().keep(user, room, "room", said, stores.clock.now())
    config: Any = {"configurable": {"thread_id": room, "checkpoint_ns": ""}}
    stores.conversations().put(config, empty_checkpoint(), {"source": "loop"}, {})
    return room


def words(stores: Stores, user: str) -> list[str]:
    return [entry.message.text for entry in stores.transcript().all_of(user)]


@pytest.mark.parametrize("all_of_them", [True, False], ids=["user", "thread"])
def test_what_others_have_in_a_room_stays(stores: Stores, all_of_them: bool) -> None:
    hers, bobs = room_of(stores, "ann", "bob"), room_of(stores, "bob", "ann")
    if all_of_them:
        assert erase_user(stores, ANN).checkpoints == 1
    else:
        assert erase_thread(stores, ANN, bobs).checkpoints == 0
        assert erase_thread(stores, ANN, hers).checkpoints == 1
    assert words(stores, "ann") == []
    assert words(stores, "bob") == ["bob's words"] * 2
    assert stores.conversations().namespaces(bobs) == [""]
    assert stores.thread_keys().deleted_after(0) == []
