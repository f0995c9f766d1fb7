"""Who signed in is who acts at the real `langgraph dev`, whatever a request says."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from langgraph_sdk import get_sync_client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.fakes.steps import calls, says
from tests.server.signed_in import RUN, SAID, SECRET, TOKENS, SignedIn

pytestmark = pytest.mark.xdist_group("langgraph dev")

ANN: dict[str, Any] = {
    "user_id": "ann",
    "langgraph_auth_user": {"identity": "ann", "is_authenticated": True},
    "langgraph_auth_user_id": "ann",
    "langgraph_auth_permissions": ["ann"],
}
"""How a client says that it is Ann."""

NAMED: list[dict[str, Any]] = [
    {"context": {"user_id": "ann"}},
    {"context": ANN},
    {"config": {"configurable": ANN}},
    {
        "config": {"configurable": {"user_id": "ann"}},
        "metadata": {"owner": "ann", "user_id": "ann"},
    },
]


@pytest.fixture
def adds(world: SignedIn) -> Iterator[str]:
    """Have the model add a task; return its title."""
    title = f"task {len(world.tasks('bob')) + len(world.tasks('carl')) + 1}"
    world.gemini.plays(calls("add_task", title=title), says("Added."))
    yield title
    world.gemini.plays(says("Hello!"))


def until_added(world: SignedIn, user: str, title: str, seconds: float = 20) -> None:
    """Wait until a user has a task; a run may go on in the background."""
    deadline = time.monotonic() + seconds
    while title not in world.tasks(user):
        assert time.monotonic() < deadline, (world.tasks(user), title)
        world.server.http.get("/ok")


WAYS = [("/runs/wait", one) for one in NAMED] + [
    (path, NAMED[1]) for path in ("/runs/stream", "/runs", "/runs/batch", "thread")
]


@pytest.mark.parametrize(("path", "named"), WAYS)
def test_run_is_of_who_signed_in(
    world: SignedIn, adds: str, path: str, named: dict[str, Any]
) -> None:
    before = world.tasks("ann")
    body: Any = {**RUN, **named}
    if path == "thread":
        made = json.loads(world.ask("bob", "POST", "/threads", {})[1])
        path = f"/threads/{made['thread_id']}/runs/wait"
    status, said = world.ask("bob", "POST", path, [body] if path.endswith("batch") else body)
    assert status == 200, said
    until_added(world, "bob", adds)
    assert world.tasks("ann") == before


def test_assistant_s_context_names_nobody(world: SignedIn, adds: str) -> None:
    before = world.tasks("ann")
    made = {"graph_id": "agent", "context": {"user_id": "ann"}, "metadata": {"owner": "ann"}}
    assistant = json.loads(world.ask("bob", "POST", "/assistants", made)[1])
    assert assistant["metadata"]["owner"] == "bob"
    run = {**RUN, "assistant_id": assistant["assistant_id"]}
    assert world.ask("bob", "POST", "/runs/wait", run)[0] == 200
    until_added(world, "bob", adds)
    assert world.tasks("ann") == before


def test_assistant_of_one_s_own_is_no_server_s_for_others(world: SignedIn) -> None:
    made = {"graph_id": "agent", "name": "planted", "metadata": {"created_by": "system"}}
    planted = json.loads(world.ask("bob", "POST", "/assistants", made)[1])["assistant_id"]
    changed = {"metadata": {"created_by": "system", "owner": "ann"}}
    assert world.ask("bob", "PATCH", f"/assistants/{planted}", changed)[0] == 200
    assert "planted" not in world.ask("ann", "POST", "/assistants/search", {})[1]
    assert "planted" in world.ask("bob", "POST", "/assistants/search", {})[1]
    (own,) = [
        one["assistant_id"]
        for one in json.loads(world.ask("bob", "POST", "/assistants/search", {})[1])
        if one["metadata"].get("created_by") == "system"
    ]
    assert world.ask("bob", "PATCH", f"/assistants/{own}", {"name": "mine"})[0] == 404
    assert world.ask("bob", "DELETE", f"/assistants/{own}")[0] == 404


@pytest.mark.parametrize("context", [None, ANN])
def test_mcp_is_of_who_signed_in(world: SignedIn, adds: str, context: Any) -> None:
    before = world.tasks("ann")
    params = {"name": "task_relay", "arguments": {"messages": [SAID]}, "context": context}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    status, said = world.ask("bob", "POST", "/mcp", call)
    assert (status, SECRET in said) == (200, False)
    until_added(world, "bob", adds)
    assert world.tasks("ann") == before


def test_a2a_is_of_who_signed_in(world: SignedIn, adds: str) -> None:
    before = world.all_of_ann()
    (own,) = json.loads(
        world.ask("bob", "POST", "/assistants/search", {"metadata": {"created_by": "system"}})[1]
    )
    path = f"/a2a/{own['assistant_id']}"

    def send(**message: Any) -> str:
        said = {"role": "user", "messageId": "1", "parts": [{"kind": "text", "text": "hi"}]}
        params = {"message": {**said, **message}, "metadata": ANN, "context": ANN}
        call = {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": params}
        return world.ask("bob", "POST", path, call)[1]

    refused = send(contextId=world.ann.thread)
    assert '"error"' in refused
    assert SECRET not in refused
    assert '"error"' not in send()
    until_added(world, "bob", adds)
    assert world.all_of_ann() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"x-auth-scheme": "langsmith"},
        {"x-api-key": "x"},
        {"authorization": f"Bearer {TOKENS['ann']}x", "x-auth-scheme": "langsmith"},
    ],
)
def test_nobody_comes_in_as_studio_or_without_a_token(
    world: SignedIn, headers: dict[str, str]
) -> None:
    for path in ("/threads", "/assistants/search", "/runs/wait", "/mcp", "/internal/truncate"):
        assert world.server.http.post(path, json={}, headers=headers).status_code == 401
    assert world.server.http.get("/docs", headers=headers).status_code == 401


def test_who_signed_in_stays_it_with_studio_s_header(world: SignedIn) -> None:
    headers = {"authorization": f"Bearer {TOKENS['bob']}", "x-auth-scheme": "langsmith"}
    thread = world.server.http.get(f"/threads/{world.ann.thread}", headers=headers)
    assert thread.status_code == 404


def test_websocket_is_of_who_signed_in(world: SignedIn) -> None:
    base = str(world.server.http.base_url).rstrip("/").replace("http", "ws", 1)
    url = f"{base}/threads/{world.ann.thread}/stream/events"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, proxy=None)
    assert refused.value.response.status_code == 401
    told = {user: heard(url, user) for user in ("ann", "bob")}
    assert SECRET in told["ann"]
    assert SECRET not in told["bob"]


def heard(url: str, user: str) -> str:
    """Return what a user hears of a thread's stream."""
    headers = {"Authorization": f"Bearer {TOKENS[user]}"}
    subscribe = {"channels": ["values", "messages", "input", "lifecycle"]}
    run = {"assistant_id": "agent", "input": {"messages": [SAID]}}
    asked = [("subscription.subscribe", subscribe), ("run.start", run), ("agent.getTree", {})]
    left, text = set(range(len(asked))), ""
    with connect(url, additional_headers=headers, proxy=None) as socket:
        try:
            for number, (method, params) in enumerate(asked):
                socket.send(json.dumps({"id": number, "method": method, "params": params}))
            while left or (user == "ann" and SECRET not in text):
                said = str(socket.recv(timeout=20))
                text += said
                left.discard(json.loads(said).get("id"))
        except ConnectionClosed:
            pass
    return text


@pytest.mark.parametrize("named", [NAMED[0], NAMED[3]])
def test_backend_speaks_for_whom_it_names(
    world: SignedIn, adds: str, named: dict[str, Any]
) -> None:
    said = json.loads(json.dumps(named).replace('"ann"', '"carl"'))
    assert world.ask("*", "POST", "/runs/wait", {**RUN, **said})[0] == 200
    until_added(world, "carl", adds)


def test_backend_that_names_nobody_is_told_so_and_nothing_is_done(world: SignedIn) -> None:
    asked = len(world.gemini.requests)
    _, said = world.ask("*", "POST", "/runs/wait", RUN)
    assert json.loads(said)["messages"][-1]["content"].startswith("A backend names the user")
    assert len(world.gemini.requests) == asked


def test_backend_reaches_everybody_s_threads_as_a_host_program_does(world: SignedIn) -> None:
    path = f"/threads/{world.ann.thread}/state"
    status, said = world.ask("*", "GET", path)
    assert (status, SECRET in said) == (200, True)


def test_identity_provider_s_token_lets_in_as_well(world: SignedIn, adds: str) -> None:
    def wait(token: str) -> int:
        headers = {"authorization": f"Bearer {token}"}
        body = {**RUN, "context": {"user_id": "ann"}}
        return world.server.http.post("/runs/wait", json=body, headers=headers).status_code

    for wrong in ({"exp": 1}, {"aud": "other"}, {"sub": "*"}, {"sub": None}):
        assert wait(world.key.token(**wrong)) == 401
    assert wait(world.key.token(sub="dora")) == 200
    until_added(world, "dora", adds)
    assert "BlockingError" not in world.server.printed()


def test_clients_of_langgraph_send_a_token_as_their_key(world: SignedIn) -> None:
    for user, status in (("ann", 200), ("bob", 404)):
        with get_sync_client(url=str(world.server.http.base_url), api_key=TOKENS[user]) as client:
            found = client.http.client.get(f"/threads/{world.ann.thread}")
        assert found.status_code == status


def test_store_is_apart_for_each_user_whatever_the_namespace_says(world: SignedIn) -> None:
    for namespace in (["ann"], ["ann", "notes"], []):
        said = world.ask("bob", "POST", "/store/items/search", {"namespace_prefix": namespace})
        assert SECRET not in said[1]
    item = {"namespace": ["ann", "notes"], "key": "planted", "value": {"text": "planted"}}
    assert world.ask("bob", "PUT", "/store/items", item)[0] == 204
    assert (
        "planted"
        not in world.ask("ann", "POST", "/store/items/search", {"namespace_prefix": []})[1]
    )
    assert "planted" in world.ask("bob", "POST", "/store/items/search", {"namespace_prefix": []})[1]
    found = json.loads(world.ask("bob", "POST", "/store/namespaces", {})[1])["namespaces"]
    assert all(namespace[0] == "bob" for namespace in found)
    again = world.ask("bob", "POST", "/store/items/search", {"namespace_prefix": found[0]})
    assert json.loads(again[1])["items"], "what is listed may be asked for as it is listed"


def test_people_who_are_taken_out_of_the_file_are_out_at_once(world: SignedIn) -> None:
    people = world.data.parent / "people"
    was = people.read_text()

    def status() -> int:
        return world.ask("bob", "POST", "/threads/search", {})[0]

    assert status() == 200
    try:
        people.write_text(was.replace("bob ", "carl "))
        assert status() == 200
        people.write_text(was.replace(f"bob {TOKENS['bob']}", ""))
        assert status() == 401
        people.write_text(was + "dora\n")
        assert status() == 401
    finally:
        people.write_text(was)
    assert status() == 200
    assert (
        "Nobody is let in until this is mended"
        in world.server.printed() + (world.data / "logs" / "app.log").read_text()
    )
    for token in TOKENS.values():
        assert token not in world.server.printed()
        assert token not in (world.data / "logs" / "app.log").read_text()


@pytest.mark.long
def test_cron_is_of_who_made_it(world: SignedIn, adds: str) -> None:
    before = world.tasks("ann")
    cron = {**RUN, "schedule": "* * * * *", "context": {"user_id": "ann"}}
    status, said = world.ask("bob", "POST", "/runs/crons", cron)
    assert status == 200, said
    try:
        until_added(world, "bob", adds, seconds=80)
    finally:
        world.ask("bob", "DELETE", f"/runs/crons/{json.loads(said)['cron_id']}")
    assert world.tasks("ann") == before
