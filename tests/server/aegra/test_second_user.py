"""Ask each endpoint of the real Aegra, as a second user who signed in, for the first one's."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from app.agent import Agent
from app.settings import Settings
from tests.fakes.steps import calls, says
from tests.postgresql import Databases
from tests.server.aegra.conftest import World, world_of
from tests.server.signed_in import HELPER, KEY, RUN, SECRET, TOKENS, Things
from tests.server.test_endpoints_of_others import attacks

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("aegra")]

HERS = ("{thread_id}", "{run_id}", "{assistant_id}", "{cron_id}")
REFUSED = {403, 404, 409}
NOBODY_IS_MEANT = {"/", "/docs", "/redoc", "/health", "/info", "/live", "/openapi.json", "/ready"}


@dataclass(frozen=True)
class SignedIn:
    """Aegra with sign-in: what Ann has there, and a thread of Bob's."""

    world: World
    ann: Things
    bobs: str

    def ask(self, user: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Return the status of an answer, and what it says."""
        headers = {"Authorization": f"Bearer {TOKENS[user]}"}
        answer = self.world.server.http.request(method, path, json=body, headers=headers)
        return answer.status_code, answer.text

    def all_of_ann(self) -> list[Any]:
        """Return all that Ann sees of her own."""
        thread, store = f"/threads/{self.ann.thread}", f"/store/items?namespace=notes&key={KEY}"
        read = (thread, f"{thread}/state", f"{thread}/history", f"{thread}/runs", store)
        searched = ("/threads/search", "/assistants/search", "/runs/crons/search")
        return [
            self.world.tasks("ann"),
            *(self.ask("ann", "GET", path) for path in read),
            *(self.ask("ann", "POST", path, {}) for path in searched),
        ]


@pytest.fixture(scope="session")
def signed_in(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedIn]:
    """Aegra at which people sign in; Ann has something of each kind there."""
    place = tmp_path_factory.mktemp("aegra-signed-in")
    people = place / "people"
    people.write_text("".join(f"{user} {token}\n" for user, token in TOKENS.items()))
    people.chmod(0o600)
    with world_of(databases, place, AUTH_TOKENS=str(people)) as world:
        yield made(world)


def made(world: World) -> SignedIn:
    """Make Ann's things, and Bob's thread."""

    def post(user: str, path: str, body: Any, method: str = "POST") -> Any:
        headers = {"Authorization": f"Bearer {TOKENS[user]}"}
        answer = world.server.http.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300 or "crons" in path, (path, answer.text)
        return answer.json() if answer.content else {}

    thread = post("ann", "/threads", {"metadata": {"note": SECRET}})["thread_id"]
    world.gemini.plays(calls("add_task", title=SECRET), says(f"Added {SECRET}."))
    said = {"messages": [{"role": "user", "content": SECRET}]}
    post("ann", f"/threads/{thread}/runs/wait", {"assistant_id": "agent", "input": said})
    (run,) = post("ann", f"/threads/{thread}/runs", None, "GET")
    state = post("ann", f"/threads/{thread}/state", None, "GET")
    helper = {"graph_id": "agent", "name": HELPER, "description": SECRET}
    assistant = post("ann", "/assistants", helper)["assistant_id"]
    kept = {"namespace": ["notes"], "key": KEY, "value": {"text": SECRET}}
    post("ann", "/store/items", kept, "PUT")
    cron = {"assistant_id": "agent", "schedule": "0 0 1 1 *", "input": said, "enabled": False}
    crons = post("ann", "/runs/crons", cron).get("cron_id", str(uuid4()))
    world.gemini.plays(says("Hello!"))
    bobs = post("bob", "/threads", {})["thread_id"]
    post("bob", f"/threads/{bobs}/runs/wait", RUN)
    checkpoint = state["checkpoint"]["checkpoint_id"]
    return SignedIn(world, Things(thread, run["run_id"], checkpoint, assistant, crons), bobs)


def routes(signed_in: SignedIn) -> list[str]:
    """Return what Aegra says that it has, but for what is nobody's."""
    paths = signed_in.world.server.http.get(
        "/openapi.json", headers={"Authorization": f"Bearer {TOKENS['ann']}"}
    ).json()["paths"]
    return [
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method in methods
        if path not in NOBODY_IS_MEANT
    ]


def test_second_user_gets_nothing_of_the_first_at_any_endpoint(signed_in: SignedIn) -> None:
    ann, before = signed_in.ann, signed_in.all_of_ann()
    bodies = {
        **attacks(ann),
        "PATCH /threads/{thread_id}/runs/{run_id}": [{"run_id": ann.run, "status": "interrupted"}],
    }
    assert before == signed_in.all_of_ann()
    tried = routes(signed_in)
    assert len(tried) > 30
    for route in sorted(tried, key=lambda each: each.startswith("DELETE")):
        method, path = route.split()
        assert method in ("GET", "DELETE") or route in bodies, "a new endpoint: try it here"
        query = f"?namespace=notes&key={KEY}" if route == "GET /store/items" else ""
        for body in bodies.get(route, [None]):
            status, said = signed_in.ask("bob", method, ann.fill(path) + query, body)
            assert SECRET not in said, route
            assert status < 500, (route, said)
            if any(part in path for part in HERS):
                assert status in REFUSED, (route, body, status, said)
    assert signed_in.all_of_ann() == before


def elsewhere(ann: Things) -> list[dict[str, Any]]:
    """Return runs that name Ann's thread or assistant anywhere but in the path, or are Ann's."""
    return [
        {**RUN, "config": {"configurable": {"thread_id": ann.thread}}},
        {**RUN, "context": {"thread_id": ann.thread}},
        {**RUN, "checkpoint": {"thread_id": ann.thread}},
        {**RUN, "checkpoint": {"thread_id": ann.thread, "checkpoint_id": ann.checkpoint}},
        {**RUN, "assistant_id": ann.assistant},
        {**RUN, "config": {"configurable": {"langgraph_auth_user": {"identity": "ann"}}}},
        {**RUN, "config": {"configurable": {"langgraph_auth_user_id": "ann"}}},
        {**RUN, "context": {"langgraph_auth_user": {"identity": "ann"}}},
    ]


def test_no_field_of_a_request_reaches_another_thread_or_user(signed_in: SignedIn) -> None:
    ann, own = signed_in.ann, f"/threads/{signed_in.bobs}"
    before, hers = signed_in.all_of_ann(), {"checkpoint": {"thread_id": ann.thread}}
    tries = [(f"{own}/runs/{end}", body) for body in elsewhere(ann) for end in ("wait", "stream")]
    tries += [(f"{own}/runs", body) for body in elsewhere(ann)]
    tries += [
        (f"{own}/history", hers),
        (f"{own}/state", {"values": {"messages": []}, **hers}),
        (f"{own}/state/checkpoint", {"checkpoint": {**hers["checkpoint"], "checkpoint_id": "1"}}),
        ("/assistants", {"graph_id": "agent", "config": {"configurable": {"thread_id": "1"}}}),
        ("/assistants", {"graph_id": "agent", "context": {"langgraph_auth_user": "ann"}}),
    ]
    for path, body in tries:
        status, said = signed_in.ask("bob", "POST", path, body)
        assert status in REFUSED, (path, body, said)
        assert SECRET not in said
    assert signed_in.all_of_ann() == before


def test_who_signed_in_wins_over_the_context(signed_in: SignedIn) -> None:
    world, run = signed_in.world, f"/threads/{signed_in.bobs}/runs/wait"
    says_ann: dict[str, Any] = {"user_id": "ann"}
    for n, more in enumerate(({"context": says_ann}, {"config": {"configurable": says_ann}})):
        world.gemini.plays(calls("add_task", title=f"bob's {n}"), says("Added."))
        assert signed_in.ask("bob", "POST", run, {**RUN, **more})[0] == 200
    assert world.tasks("ann") == [(SECRET, "open")]
    assert world.tasks("bob") == [("bob's 0", "open"), ("bob's 1", "open")]
    world.gemini.plays(calls("add_task", title="for carol"), says("Added."))
    thread = str(uuid4())
    spoken_for = {**RUN, "context": {"user_id": "carol"}}
    assert signed_in.ask("*", "POST", f"/threads/{thread}/runs/wait", spoken_for)[0] == 200
    assert world.tasks("carol") == [("for carol", "open")]


def test_nobody_gets_in_without_a_token(signed_in: SignedIn) -> None:
    http = signed_in.world.server.http
    for route in routes(signed_in):
        method, path = route.split()
        assert http.request(method, signed_in.ann.fill(path)).status_code == 401
    for path in ("/healthz", "/readyz", "/metrics"):
        assert http.get(path).status_code == 200


def test_a_thread_that_is_deleted_is_gone(signed_in: SignedIn) -> None:
    world, thread = signed_in.world, str(uuid4())
    world.gemini.plays(says("I will."))
    said = {"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "psst"}]}}
    assert signed_in.ask("ann", "POST", f"/threads/{thread}/runs/wait", said)[0] == 200
    assert signed_in.ask("ann", "DELETE", f"/threads/{thread}")[0] == 200
    assert signed_in.ask("ann", "GET", f"/threads/{thread}/state")[0] == 404
    signed_in.ask("bob", "POST", "/threads", {"thread_id": thread})
    signed_in.ask("bob", "PATCH", f"/threads/{thread}", {"metadata": {"graph_id": "agent"}})
    for path in (f"/threads/{thread}/state", f"/threads/{thread}/history"):
        assert "psst" not in signed_in.ask("bob", "GET", path)[1]
    assert "psst" not in world.kept()


def test_a_thread_of_the_terminal_is_no_second_users_to_take(signed_in: SignedIn) -> None:
    world = signed_in.world
    settings = Settings(
        timezone="UTC",
        data_dir=world.server.output.parent / "terminal",
        database_url=world.database.url.render_as_string(hide_password=False),
        gemini_api_key=world.gemini.key,
        gemini_base_url=world.gemini.url,
    )
    world.gemini.plays(says("Hello!"))
    agent = Agent(settings)
    assert asyncio.run(agent.process_message("ann", "annsterminalwords")).ok
    key, before = agent.container.thread_keys().key_of("ann", "main"), len(world.gemini.requests)
    made = {"thread_id": key, "metadata": {"graph_id": "agent"}}
    for method, path, body in (
        ("POST", "/threads", made),
        ("POST", "/threads", {**made, "if_exists": "do_nothing"}),
        ("POST", f"/threads/{key}/runs/wait", RUN),
        ("POST", f"/threads/{key}/runs", {**RUN, "context": {"user_id": "ann"}}),
        ("POST", f"/threads/{key}/state", {"values": {"owner": "bob"}}),
        ("GET", f"/threads/{key}/state", None),
        ("DELETE", f"/threads/{key}", None),
    ):
        assert signed_in.ask("bob", method, path, body)[0] == 404, (method, path)
    assert len(world.gemini.requests) == before
    assert signed_in.ask("ann", "POST", "/threads", made)[0] == 200
    assert agent.container.thread_keys().owner_of(key) == "ann"
    assert "annsterminalwords" in str(list(agent.container.transcript().all_of("ann")))
    agent.close()
