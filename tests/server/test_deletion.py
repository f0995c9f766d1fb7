"""What is deleted in a client is gone from the terminal, and the other way round."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.clock import SystemClock
from app.runtime import Stores, erase_thread, erase_user
from app.settings import Settings
from app.tasks import Owner
from tests.fakes.steps import calls, says
from tests.server.signed_in import SignedIn

pytestmark = pytest.mark.xdist_group("langgraph dev")


@pytest.fixture
def stores(world: SignedIn) -> Any:
    """What the terminal opens, at the same data directory."""
    opened = Stores(Settings(data_dir=world.data, timezone="UTC"), SystemClock())
    yield opened
    opened.close()


def begin(world: SignedIn, user: str, words: str) -> str:
    """Say something in a new thread at the server, and add a task; return the thread's id."""
    thread: str = json.loads(world.ask(user, "POST", "/threads", {})[1])["thread_id"]
    world.gemini.plays(calls("add_task", title=words), says(f"Added {words}."))
    said = {"messages": [{"role": "user", "content": words}]}
    run = {"assistant_id": "agent", "input": said}
    assert world.ask(user, "POST", f"/threads/{thread}/runs/wait", run)[0] == 200
    world.gemini.plays(says("Hello!"))
    return thread


def kept(stores: Stores, user: str) -> str:
    """Return all that is kept of a user's words."""
    return str(list(stores.transcript().all_of(user)))


def served(world: SignedIn, user: str, thread: str) -> list[tuple[int, str]]:
    """Return what a user gets of a thread at the server."""
    return [
        world.ask(user, "GET", f"/threads/{thread}"),
        world.ask(user, "GET", f"/threads/{thread}/state"),
        world.ask(user, "POST", f"/threads/{thread}/history", {"limit": 10}),
        world.ask(user, "GET", f"/threads/{thread}/runs"),
        world.ask(user, "POST", "/threads/search", {"limit": 1000}),
        world.ask("*", "POST", "/threads/search", {"limit": 1000}),
    ]


def test_deletion_in_a_client_reaches_the_terminal_and_leaves_the_tasks(
    world: SignedIn, stores: Stores
) -> None:
    thread = begin(world, "dora", "deletedbyclient")
    stays = begin(world, "dora", "staysthere")
    assert "deletedbyclient" in kept(stores, "dora")
    assert world.ask("ann", "DELETE", f"/threads/{thread}")[0] == 404
    assert world.ask("dora", "DELETE", f"/threads/{thread}")[0] == 204
    assert "deletedbyclient" not in kept(stores, "dora")
    assert [each.key for each in stores.transcript().threads("dora")] == [stays]
    assert list(stores.conversations().list({"configurable": {"thread_id": thread}})) == []
    assert "deletedbyclient" in world.tasks("dora")
    assert "staysthere" in kept(stores, "dora")
    again = world.ask("dora", "POST", "/threads", {"thread_id": thread})
    assert again[0] == 200, "a client may use its own id again"
    assert world.ask("dora", "GET", f"/threads/{thread}")[0] == 200


def test_deletion_in_the_terminal_reaches_the_server_and_leaves_the_tasks(
    world: SignedIn, stores: Stores
) -> None:
    dora = Owner("dora", ZoneInfo("UTC"))
    thread, stays = begin(world, "dora", "deletedatterminal"), begin(world, "dora", "another")
    assert "deletedatterminal" in str(served(world, "dora", thread))
    erased = erase_thread(stores, dora, thread)
    assert erased.messages == 4
    assert erased.checkpoints > 0
    found = served(world, "dora", thread)
    assert "deletedatterminal" not in str(found)
    assert thread not in found[-1][1]
    assert [status for status, _ in found[:4]] == [404] * 4
    assert "deletedatterminal" in world.tasks("dora")
    assert "another" in world.ask("dora", "GET", f"/threads/{stays}/state")[1]


def test_forgetting_a_user_empties_the_servers_list_of_them_and_of_nobody_else(
    world: SignedIn, stores: Stores
) -> None:
    before = world.all_of_ann()
    threads = [begin(world, "dora", f"forgotten{number}") for number in range(2)]
    erase_user(stores, Owner("dora", ZoneInfo("UTC")))
    for thread in threads:
        found = served(world, "dora", thread)
        assert "forgotten" not in str(found)
        assert thread not in found[-1][1]
    assert world.all_of_ann() == before
