"""What the terminal deletes is gone from the real Aegra, and the other way round."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.clock import SystemClock
from app.runtime import Stores, erase_thread
from app.settings import Settings
from app.tasks import Owner
from tests.fakes.steps import calls, says
from tests.server.aegra.conftest import World, ask

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("aegra")]

WHO = {"context": {"user_id": "gone"}}


@pytest.fixture
def stores(world: World, tmp_path: Path) -> Iterator[Stores]:
    """What the terminal opens, on the same database."""
    url = world.database.url.render_as_string(hide_password=False)
    settings = Settings(data_dir=tmp_path, timezone="UTC", database_url=url)
    opened = Stores(settings, SystemClock())
    yield opened
    opened.close()


def begin(world: World, words: str) -> str:
    """Say something in a new thread, and add a task; return the thread's id."""
    http = world.server.http
    thread: str = http.post("/threads", json={"metadata": {"note": words}}).json()["thread_id"]
    world.gemini.plays(calls("add_task", title=words), says(f"Added {words}."))
    answered = http.post(f"/threads/{thread}/runs/wait", json=ask(words, **WHO))
    assert words in answered.text
    return thread


def kept(stores: Stores) -> str:
    return str(list(stores.transcript().all_of("gone")))


def test_deletion_in_the_terminal_reaches_aegra_and_leaves_the_tasks(
    world: World, stores: Stores
) -> None:
    thread, stays = begin(world, "deletedatterminal"), begin(world, "stays")
    assert "deletedatterminal" in kept(stores)
    assert erase_thread(stores, Owner("gone", ZoneInfo("UTC")), thread).messages == 4
    http = world.server.http
    for path in (f"/threads/{thread}", f"/threads/{thread}/state", f"/threads/{thread}/history"):
        found = http.get(path)
        assert (found.status_code, "deletedatterminal" in found.text) == (404, False), path
    assert "deletedatterminal" not in http.post("/threads/search", json={}).text
    made = http.post("/threads", json={"thread_id": thread, "metadata": {"graph_id": "agent"}})
    assert made.status_code == 200
    assert "deletedatterminal" not in http.get(f"/threads/{thread}/state").text
    assert http.get(f"/threads/{thread}").status_code == 200, "it is another thread now"
    assert ("deletedatterminal", "open") in world.tasks("gone")
    assert "stays" in http.get(f"/threads/{stays}/state").text


def test_deletion_on_aegra_reaches_the_terminal_and_leaves_the_tasks(
    world: World, stores: Stores
) -> None:
    thread = begin(world, "deletedbyclient")
    assert world.server.http.delete(f"/threads/{thread}").status_code == 200
    assert "deletedbyclient" not in kept(stores)
    assert ("deletedbyclient", "open") in world.tasks("gone")
