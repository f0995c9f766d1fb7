"""What a second user who signed in gets at each endpoint of the real `langgraph dev`.

`docs/security.md` has the statuses; the requests are here. Each concerns something of Ann's, is
sent by Bob, must not tell him a word of it, and must leave it as it was.
"""

import re
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT, child_environment
from tests.server.signed_in import HELPER, KEY, RUN, SAID, SECRET, TOKENS, SignedIn, Things

pytestmark = pytest.mark.xdist_group("langgraph dev")

DOCUMENTED = dict(
    re.findall(
        r"^\| `([A-Z]+ [^`]+)` \| (\d{3})",
        (ROOT / "docs" / "security.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)
OPEN = {"GET /healthz", "GET /readyz", "GET /metrics", "GET /ok"}
SAME_AS = {
    "POST /mcp/": "POST /mcp",
    "POST /a2a/{assistant_id}/": "POST /a2a/{assistant_id}",
}


def attacks(ann: Things) -> dict[str, list[Any]]:
    """Return the bodies with which each endpoint is tried; None is none."""
    on_hers: list[Any] = [
        RUN,
        {**RUN, "context": {"user_id": "ann"}},
        {**RUN, "if_not_exists": "create"},
        {**RUN, "checkpoint": {"checkpoint_id": ann.checkpoint, "thread_id": ann.thread}},
        {"assistant_id": "agent", "command": {"update": {"owner": "bob"}, "goto": "end_turn"}},
    ]
    off_hers: list[Any] = [
        {**RUN, "assistant_id": ann.assistant},
    ]
    said = {
        "message": {
            "role": "user",
            "messageId": "1",
            "contextId": ann.thread,
            "parts": [{"kind": "text", "text": "hi"}],
        }
    }
    return {
        "POST /assistants": [
            {"graph_id": "agent", "assistant_id": ann.assistant, "if_exists": "do_nothing"}
        ],
        "POST /assistants/search": [
            {},
            {"metadata": {"note": SECRET}},
            {"metadata": {"owner": "ann"}},
        ],
        "POST /assistants/count": [{}],
        "PATCH /assistants/{assistant_id}": [{"name": "bob's", "metadata": {"owner": "bob"}}],
        "POST /assistants/{assistant_id}/versions": [{}],
        "POST /assistants/{assistant_id}/latest": [{"version": 1}],
        "POST /threads": [
            {"thread_id": ann.thread},
            {"thread_id": ann.thread, "if_exists": "do_nothing"},
            {"thread_id": ann.thread, "if_exists": "do_nothing", "metadata": {"owner": "ann"}},
        ],
        "POST /threads/search": [
            {},
            {"metadata": {"owner": "ann"}},
            {"ids": [ann.thread]},
            {"values": {"owner": "ann"}},
        ],
        "POST /threads/count": [{}],
        "POST /threads/prune": [{"thread_ids": [ann.thread], "strategy": "delete"}],
        "PATCH /threads/{thread_id}": [{"metadata": {"owner": "bob"}}],
        "POST /threads/{thread_id}/state": [
            {"values": {"owner": "bob"}},
            {"values": {"messages": [SAID]}, "as_node": "begin_turn"},
        ],
        "POST /threads/{thread_id}/state/checkpoint": [
            {"checkpoint": {"checkpoint_id": ann.checkpoint, "thread_id": ann.thread}}
        ],
        "POST /threads/{thread_id}/history": [{}, {"limit": 10}],
        "POST /threads/{thread_id}/copy": [None],
        "POST /threads/{thread_id}/runs": on_hers,
        "POST /threads/{thread_id}/runs/wait": on_hers,
        "POST /threads/{thread_id}/runs/stream": on_hers,
        "POST /threads/{thread_id}/runs/crons": [{**RUN, "schedule": "0 0 1 1 *"}],
        "POST /threads/{thread_id}/runs/{run_id}/cancel": [None],
        "POST /threads/{thread_id}/stream/events": [{"channels": ["values", "messages"]}],
        "POST /threads/{thread_id}/commands": [
            {"id": 1, "method": "run.start", "params": RUN},
            {"id": 1, "method": "agent.getTree", "params": {}},
        ],
        "POST /runs": off_hers,
        "POST /runs/wait": off_hers,
        "POST /runs/stream": off_hers,
        "POST /runs/batch": [[one] for one in off_hers],
        "POST /runs/cancel": [{"thread_id": ann.thread, "run_ids": [ann.run]}],
        "POST /runs/crons": [{**RUN, "assistant_id": ann.assistant, "schedule": "0 0 1 1 *"}],
        "POST /runs/crons/search": [{}],
        "POST /runs/crons/count": [{}],
        "PATCH /runs/crons/{cron_id}": [{"schedule": "1 1 1 1 *"}],
        "PUT /store/items": [{"namespace": ["notes"], "key": KEY, "value": {"text": "bob's"}}],
        "DELETE /store/items": [{"namespace": ["notes"], "key": KEY}],
        "POST /store/items/search": [{"namespace_prefix": []}, {"namespace_prefix": ["ann"]}],
        "POST /store/namespaces": [{}, {"prefix": ["ann"]}],
        "POST /mcp": [
            {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/call",
                "params": {"name": HELPER, "arguments": {"messages": [SAID]}},
            },
        ],
        "POST /a2a/{assistant_id}": [
            {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": said},
            {
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tasks/get",
                "params": {"id": ann.run, "contextId": ann.thread},
            },
        ],
        "POST /ui/{graph_id}": [{"name": "x"}],
        "POST /internal/truncate": [None],
        "POST /deploy": [{}],
    }


def routes(world: SignedIn) -> set[str]:
    """Return all routes of the server: those that it documents, and the others."""
    program = [sys.executable, "-m", "tests.fakes.server_routes"]
    done = subprocess.run(
        program, cwd=ROOT, env=child_environment(), capture_output=True, text=True, check=True
    )
    found = {line[6:] for line in done.stdout.splitlines() if line.startswith("ROUTE ")}
    assert len(found) > 60
    headers = {"Authorization": f"Bearer {TOKENS['ann']}"}
    paths = world.server.http.get("/openapi.json", headers=headers).json()["paths"]
    return found | {f"{method.upper()} {path}" for path, ops in paths.items() for method in ops}


def test_every_endpoint_is_documented_and_tried(world: SignedIn) -> None:
    ways = {route for route in routes(world) if route.split()[0].isupper()}
    assert ways - OPEN == set(DOCUMENTED)
    tried = set(attacks(world.ann))
    with_a_body = {route for route in ways if route.startswith(("POST", "PUT", "PATCH"))}
    assert with_a_body - set(SAME_AS) == tried - {"DELETE /store/items"}


@pytest.mark.parametrize("route", DOCUMENTED)
def test_second_user_gets_nothing_of_the_first(world: SignedIn, route: str) -> None:
    method, path = route.split()
    path = world.ann.fill(path)
    if route == "GET /store/items":
        path = f"{path}?namespace=notes&key={KEY}"
    before = world.all_of_ann()
    for body in attacks(world.ann).get(SAME_AS.get(route, route), [None]):
        status, said = world.ask("bob", method, path, body)
        assert status == int(DOCUMENTED[route]), said
        assert SECRET not in said
        if status == 200 and path.endswith(("/stream", "/stream/events")):
            assert "404" in said or not said
    assert world.all_of_ann() == before
