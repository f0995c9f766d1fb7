"""A thread that the terminal keeps, at the real `langgraph dev` with sign-in on.

The server's own list doesn't have it, until somebody names it there.
"""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.agent import Agent
from app.conversations.thread_keys import guessable_key
from app.settings import Settings
from tests.fakes.steps import says
from tests.server.signed_in import RUN, SAID, SignedIn
from tests.server.test_endpoints_of_others import DOCUMENTED, attacks

pytestmark = pytest.mark.xdist_group("langgraph dev")

WORDS = "annsterminalwords"


class Terminal:
    """Ann's program at the same data directory."""

    def __init__(self, world: SignedIn) -> None:
        self._settings = Settings(
            data_dir=world.data,
            timezone="UTC",
            gemini_api_key=world.gemini.key,
            gemini_base_url=world.gemini.url,
        )

    def say(self, words: str, thread: str = "main", user: str = "ann") -> str:
        """Say something in a thread; return the thread's key."""
        agent = Agent(self._settings)
        try:
            reply = asyncio.run(agent.process_message(user, words, thread))
            assert reply.ok, reply
            return agent.container.thread_keys().key_of(user, thread)
        finally:
            agent.close()

    def heard(self, user: str = "ann") -> str:
        """Return all that is kept of what a user said."""
        agent = Agent(self._settings)
        try:
            return str(list(agent.container.transcript().all_of(user)))
        finally:
            agent.close()


@pytest.fixture
def terminal(world: SignedIn) -> Terminal:
    world.gemini.plays(says("Hello!"))
    return Terminal(world)


def on_the_thread(world: SignedIn, key: str) -> list[tuple[str, str, Any]]:
    """Return a request of each kind that names a thread, in its path or elsewhere."""
    run, checkpoint = str(uuid4()), str(uuid4())
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/threads", {"thread_id": key}),
        ("POST", "/threads", {"thread_id": key.upper(), "if_exists": "do_nothing"}),
        ("POST", "/threads", {"thread_id": key, "metadata": {"graph_id": "agent"}}),
        (
            "POST",
            "/threads",
            {
                "thread_id": key,
                "metadata": {"graph_id": "agent", "owner": "ann"},
                "supersteps": [{"updates": [{"values": {"owner": "bob"}, "as_node": "stop"}]}],
            },
        ),
        ("POST", "/threads/prune", {"thread_ids": [key]}),
        ("POST", "/runs/wait", {**RUN, "config": {"configurable": {"thread_id": key}}}),
        ("POST", "/runs/cancel", {"thread_id": key, "run_ids": [run]}),
        ("POST", "/runs/crons/search", {"thread_id": key}),
    ]
    (assistant,) = json.loads(
        world.ask("bob", "POST", "/assistants/search", {"metadata": {"created_by": "system"}})[1]
    )
    to_agent, words = f"/a2a/{assistant['assistant_id']}", [{"kind": "text", "text": "hi"}]
    said = {"role": "user", "messageId": "1", "contextId": key, "parts": words}
    for method, params in (
        ("message/send", {"message": said}),
        ("message/stream", {"message": said}),
        ("tasks/get", {"id": run, "contextId": key}),
        ("tasks/list", {"contextId": key}),
    ):
        asked.append(
            ("POST", to_agent, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        )
    bodies = attacks(world.ann)
    for route in DOCUMENTED:
        method, path = route.split()
        if "{thread_id}" in path and "internal" not in path:
            filled = path.replace("{thread_id}", key)
            filled = filled.replace("{run_id}", run).replace("{checkpoint_id}", checkpoint)
            asked += [(method, filled, body) for body in bodies.get(route, [None])]
    return asked


def is_nothing(status: int, said: str) -> bool:
    """Say whether an answer says that there is no such thread, or says nothing at all."""
    if status != 200:
        return status in (404, 501) and WORDS not in said
    return said.strip() in ("", "[]") or any(
        sign in said for sign in ("404", '"error"', "no_such_run", '"tasks":[]')
    )


def test_second_user_finds_no_thread_of_the_terminal_at_any_endpoint(
    world: SignedIn, terminal: Terminal
) -> None:
    key = terminal.say(WORDS)
    calls_before = len(world.gemini.requests)
    for method, path, body in on_the_thread(world, key):
        status, said = world.ask("bob", method, path, body)
        assert is_nothing(status, said), (method, path, body, status, said)
        assert world.ask("ann", "GET", f"/threads/{key}")[0] == 404, "nobody has named it yet"
    assert WORDS not in str(world.gemini.requests[calls_before:])
    assert WORDS in terminal.heard()
    world.gemini.plays(says("I remember."))
    assert terminal.say("do you remember?") == key
    assert WORDS in str(world.gemini.requests[-1]["body"])


def test_ann_shows_her_own_thread_to_the_server_and_goes_on_in_both(
    world: SignedIn, terminal: Terminal
) -> None:
    key = terminal.say(WORDS, "shown")
    shown = {"thread_id": key, "metadata": {"graph_id": "agent"}}
    assert world.ask("ann", "POST", "/threads", shown)[0] == 200
    assert WORDS in world.ask("ann", "GET", f"/threads/{key}/state")[1]
    for method, path, body in on_the_thread(world, key):
        status, said = world.ask("bob", method, path, body)
        assert is_nothing(status, said), (method, path, body, status, said)
    more = {"assistant_id": "agent", "input": {"messages": [{**SAID, "content": "at the server"}]}}
    assert world.ask("ann", "POST", f"/threads/{key}/runs/wait", more)[0] == 200
    assert terminal.say("in the terminal", "shown") == key
    assert "at the server" in str(world.gemini.requests[-1]["body"])
    listed = json.loads(world.ask("ann", "POST", "/threads/search", {"limit": 100})[1])
    assert key in [thread["thread_id"] for thread in listed]
    assert key not in world.ask("bob", "POST", "/threads/search", {"limit": 100})[1]


def test_key_of_a_thread_cannot_be_computed_from_the_names(
    world: SignedIn, terminal: Terminal
) -> None:
    key = terminal.say(WORDS, "unguessed")
    assert key != guessable_key("ann", "unguessed")
    assert UUID(key).version == 8


def test_a_taken_key_changes_nothing_for_whom_it_was_guessed(
    world: SignedIn, terminal: Terminal
) -> None:
    guessed = guessable_key("ann", "later")
    assert world.ask("bob", "POST", "/threads", {"thread_id": guessed})[0] == 200
    assert world.ask("bob", "POST", f"/threads/{guessed}/runs/wait", RUN)[0] == 200
    key = terminal.say(WORDS, "later")
    assert key != guessed
    assert WORDS not in world.ask("bob", "GET", f"/threads/{guessed}/state")[1]
