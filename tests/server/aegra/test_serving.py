"""Serve the graph with the real Aegra, and use it through its HTTP API."""

import json
import time
from typing import Any

import pytest

from tests.fakes import gemini as gemini_api
from tests.fakes.steps import Answer, calls, says
from tests.server.aegra.conftest import World, ask

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("aegra")]


def new_thread(world: World) -> str:
    return str(world.server.http.post("/threads", json={}).json()["thread_id"])


def wait(world: World, thread: str, run: dict[str, Any]) -> Any:
    return world.server.http.post(f"/threads/{thread}/runs/wait", json=run).json()


def stream(world: World, thread: str, run: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the events of a run: names and data, in their order."""
    events: list[tuple[str, Any]] = []
    with world.server.http.stream("POST", f"/threads/{thread}/runs/stream", json=run) as response:
        for line in response.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                events.append((value, None))
            elif field == "data":
                events[-1] = (events[-1][0], json.loads(value))
    return events


def test_health_and_readiness_are_served_beside_aegras_own(world: World) -> None:
    http = world.server.http
    assert http.get("/healthz").json() == {"ok": True}
    ready = http.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")
    assert ready.json()["models"] == {"gemini": "closed", "groq": "closed"}
    assert http.get("/health").json()["status"] == "healthy"


def test_turn_fails_over_writes_one_task_and_is_counted(world: World) -> None:
    world.gemini.plays(calls("add_task", title="from aegra"), gemini_api.OVERLOADED)
    world.groq.plays(says("Added #1 for you."))
    run = ask("add from aegra", context={"user_id": "alice"})
    answer = wait(world, new_thread(world), run)["messages"][-1]
    assert "Added #1 for you." in str(answer["content"])
    assert answer["response_metadata"]["provider"] == "groq"
    assert world.tasks("alice") == [("from aegra", "open")]
    counted, end = 'app_llm_failovers_total{error_type="unavailable"', time.monotonic() + 5
    while counted not in (shown := world.server.http.get("/metrics")).text:
        assert time.monotonic() < end, shown.text
    assert shown.headers["content-type"].startswith("text/plain")
    assert "gen_ai_client_operation_duration_seconds_bucket" in shown.text
    assert "alice" not in shown.text


def test_tokens_are_streamed_after_the_event_that_says_who_failed(world: World) -> None:
    world.gemini.plays(gemini_api.OVERLOADED)
    world.groq.plays(says("one two three"))
    run = ask("count", stream_mode=["messages-tuple", "custom"], context={"user_id": "tom"})
    events = stream(world, new_thread(world), run)
    told = [data["type"] if name == "custom" else name for name, data in events]
    words = [data[0]["content"] for name, data in events if name == "messages"]
    assert told.index("failover") < told.index("messages")
    assert [word for word in words if word] == ["one ", "two ", "three"]


def test_a_thread_remembers_and_the_context_says_whose_it_is(world: World) -> None:
    thread, ann = new_thread(world), {"context": {"user_id": "ann"}}
    wait(world, thread, ask("I am Ann", **ann))
    wait(world, thread, ask("Who am I?", **ann))
    assert "I am Ann" in str(world.gemini.requests[-1]["body"])
    before = len(world.gemini.requests)
    stolen = wait(world, thread, ask("Who am I?", context={"user_id": "bob"}))
    assert "I am Ann" not in str(stolen)
    assert len(world.gemini.requests) == before
    world.gemini.plays(calls("add_task", title="mine"), says("Done."))
    wait(world, new_thread(world), ask("add mine", **ann))
    assert (world.tasks("ann"), world.tasks("anonymous")) == ([("mine", "open")], [])
    world.gemini.plays(calls("add_task", title="of nobody"), says("Done."))
    wait(world, new_thread(world), ask("add"))
    assert world.tasks("aegra-user") == [("of nobody", "open")]


@pytest.mark.parametrize(
    ("user", "decision", "left"),
    [("carol", "approve", "deleted"), ("dora", "reject", "open")],
)
def test_a_large_change_waits_for_the_answer_that_chats_send(
    world: World, user: str, decision: str, left: str
) -> None:
    who = {"context": {"user_id": user}}
    adding = tuple(("add_task", {"title": f"t{n}"}) for n in range(3))
    world.gemini.plays(Answer(calls=adding), says("Added."))
    thread = new_thread(world)
    wait(world, thread, ask("add three", **who))
    world.gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("As you say."))
    wait(world, thread, ask("delete all", **who))
    state = world.server.http.get(f"/threads/{thread}/state").json()
    (asked,) = state["interrupts"]
    assert [one["name"] for one in asked["value"]["action_requests"]] == ["delete_tasks"]
    assert [status for _, status in world.tasks(user)] == ["open"] * 3
    resume = {"resume": {"decisions": [{"type": decision}]}}
    answer = wait(world, thread, {"assistant_id": "agent", "command": resume, **who})
    assert "As you say." in str(answer["messages"][-1]["content"])
    assert [status for _, status in world.tasks(user)] == [left] * 3


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"host": "evil.example"},
        {"x-forwarded-for": "192.0.2.1"},
        {"forwarded": "for=192.0.2.1"},
    ],
)
def test_where_nobody_signs_in_it_answers_this_machine_only(
    world: World, headers: dict[str, str]
) -> None:
    http = world.server.http
    refused = http.post("/threads", json={}, headers=headers)
    assert (refused.status_code, "AUTH_TOKENS" in refused.text) == (403, True)
    assert "access-control-allow-origin" not in refused.headers
    assert http.post("/threads", json={}).status_code == 200
    assert http.get("/healthz", headers=headers).status_code == 200
