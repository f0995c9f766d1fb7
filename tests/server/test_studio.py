"""Serve the graph with the real `langgraph dev`, and use it through its HTTP API."""

import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, child_environment, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.langgraph_dev import DevServer, langgraph_dev
from tests.fakes.steps import Answer, Held, calls, says
from tests.test_runbook import AT_THE_SERVER

pytestmark = pytest.mark.xdist_group("langgraph dev")

NOT_OURS = (
    "`durability` has no effect when no checkpointer is present",  # the server's own setting
    "Remove `format_exc_info` from your processor chain",  # its way of logging a run's error
    "LLM failed",  # what our log is for: the failovers of these tests
    "Primary error",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Both providers and the server, once for all tests of this file."""
    place = tmp_path_factory.mktemp("dev")
    project = place / "project"
    project.mkdir()
    shutil.copy(ROOT / "langgraph.json", project)
    (project / "app").symlink_to(ROOT / "app")
    gemini, groq = GeminiServer(), GroqServer()
    environment = child_environment(
        **provider_environment(gemini, groq),
        APP_DATA_DIR=str(place / "data"),
        APP_USER="studio-user",
        APP_TIMEZONE="UTC",
    )
    try:
        with langgraph_dev(project, place / "output.txt", environment) as server:
            yield server, gemini, groq, place / "data"
    finally:
        gemini.stop()
        groq.stop()


@pytest.fixture
def server(world: Any) -> DevServer:
    gemini, groq = world[1], world[2]
    gemini.plays(says("Hello! How can I help?"))
    groq.plays(says("Hello! How can I help?"))
    gemini.requests.clear()
    groq.requests.clear()
    return world[0]  # type: ignore[no-any-return]


def ask(text: str, **more: Any) -> dict[str, Any]:
    message = {"role": "user", "content": text}
    return {"assistant_id": "agent", "input": {"messages": [message]}, **more}


def tasks(data: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(data / "tasks.db")
    rows = connection.execute("SELECT user_id, title FROM task_relay_tasks").fetchall()
    connection.close()
    return rows


def test_turn_through_the_http_api_fails_over_and_writes_one_task(
    server: DevServer, world: Any
) -> None:
    _, gemini, groq, data = world
    gemini.plays(calls("add_task", title="from studio"), gemini_api.OVERLOADED)
    groq.plays(says("Added #1 for you."))
    answer = server.http.post(
        "/runs/wait", json=ask("add from studio", context={"user_id": "alice"})
    ).json()
    assert answer["messages"][-1]["content"] == "Added #1 for you."
    assert answer["messages"][-1]["response_metadata"]["provider"] == "groq"
    assert [row for row in tasks(data) if row[0] == "alice"] == [("alice", "from studio")]


def test_several_people_are_answered_at_once(server: DevServer, world: Any) -> None:
    gemini = world[1]
    gemini.plays(Held("I am ", "here."))
    threads = [server.http.post("/threads", json={}).json()["thread_id"] for _ in range(4)]
    runs = [
        server.http.post(f"/threads/{each}/runs", json=ask("Hi", context={"user_id": f"u{n}"}))
        for n, each in enumerate(threads)
    ]
    deadline = time.monotonic() + 30
    while len(gemini.requests) < len(threads):
        assert time.monotonic() < deadline, f"{len(gemini.requests)} are answered"
        server.http.get("/ok")
    gemini.plays(says("Hello!"))
    for thread, run in zip(threads, runs, strict=True):
        gemini.let_go()
        server.http.get(f"/threads/{thread}/runs/{run.json()['run_id']}/join")


def test_tokens_are_streamed_as_they_come(server: DevServer, world: Any) -> None:
    world[1].plays(says("one two three"))
    with server.http.stream(
        "POST", "/runs/stream", json=ask("count", stream_mode=["messages-tuple"])
    ) as response:
        found = [line[6:] for line in response.iter_lines() if line.startswith("data: [")]
    contents = [json.loads(line)[0]["content"] for line in found]
    texts = [block["text"] for content in contents for block in content if content]
    assert texts == ["one ", "two ", "three"]


def test_settings_decide_where_the_context_is_silent(server: DevServer, world: Any) -> None:
    _, gemini, _, data = world
    gemini.plays(calls("add_task", title="mine"), says("Done."))
    server.http.post("/runs/wait", json=ask("add mine"))
    assert ("studio-user", "mine") in tasks(data)
    gemini.plays(calls("add_task", title="of seven"), says("Done."))
    server.http.post(
        "/runs/wait", json=ask("add", context={"user_id": 7, "timezone": "Asia/Tokyo"})
    )
    assert ("7", "of seven") in tasks(data)
    assert "time zone Asia/Tokyo" in str(gemini.requests[-1]["body"]["systemInstruction"])


def test_context_fields_are_shown_with_descriptions_and_are_null_by_default(
    server: DevServer,
) -> None:
    (assistant,) = server.http.post("/assistants/search", json={}).json()
    assert assistant["graph_id"] == "agent"
    schemas = server.http.get(f"/assistants/{assistant['assistant_id']}/schemas").json()
    fields = schemas["context_schema"]["properties"]
    assert set(fields) == {"user_id", "timezone"}
    for field in fields.values():
        assert field["default"] is None
        assert field["description"]
    assert set(schemas["input_schema"]["properties"]) == {"messages"}
    assert set(schemas["output_schema"]["properties"]) == {"messages"}


def test_thread_remembers_and_belongs_to_its_user(server: DevServer, world: Any) -> None:
    _, gemini, _, _ = world
    thread = server.http.post("/threads", json={}).json()["thread_id"]
    server.http.post(
        f"/threads/{thread}/runs/wait", json=ask("I am Ann", context={"user_id": "ann"})
    )
    server.http.post(
        f"/threads/{thread}/runs/wait", json=ask("Who am I?", context={"user_id": "ann"})
    )
    assert "I am Ann" in str(gemini.requests[-1]["body"])
    before = len(gemini.requests)
    theft = server.http.post(
        f"/threads/{thread}/runs/wait", json=ask("Who?", context={"user_id": "bob"})
    ).json()
    assert theft["__error__"] == {
        "error": "ThreadOwnerError",
        "message": "This thread belongs to another user; use a thread of your own.",
    }
    assert len(gemini.requests) == before


@pytest.mark.parametrize("field", ["context", "config"])
def test_run_that_names_nobody_on_a_thread_that_an_assistant_gave_a_user_is_theirs(
    server: DevServer, world: Any, field: str
) -> None:
    _, gemini, _, data = world
    user = {"user_id": f"{field}-user"}
    given = user if field == "context" else {"configurable": user}
    made = server.http.post("/assistants", json={"graph_id": "agent", field: given}).json()
    thread = server.http.post("/threads", json={}).json()["thread_id"]
    for assistant in (made["assistant_id"], "agent"):
        gemini.plays(calls("add_task", title=f"by {assistant}"), says("Added."))
        run = {**ask("add it"), "assistant_id": assistant}
        server.http.post(f"/threads/{thread}/runs/wait", json=run)
    server.http.delete(f"/assistants/{made['assistant_id']}")
    titles = [title for who, title in tasks(data) if who == f"{field}-user"]
    assert titles == [f"by {made['assistant_id']}", "by agent"]


def test_probes_and_metrics_are_served_beside_the_graph(server: DevServer, world: Any) -> None:
    assert server.http.get("/healthz").json() == {"ok": True}
    ready = server.http.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")
    assert ready.json()["models"]["groq"] == "closed"
    world[1].plays(calls("add_task", title="measured"), gemini_api.OVERLOADED)
    server.http.post("/runs/wait", json=ask("measure", context={"user_id": "mallory"}))
    shown = server.http.get("/metrics").text
    deadline = time.monotonic() + 5
    while 'app_llm_failovers_total{error_type="unavailable"' not in shown:
        assert time.monotonic() < deadline, shown
        shown = server.http.get("/metrics").text
    assert "gen_ai_client_operation_duration_seconds_bucket" in shown
    assert "app_llm_exhausted_total 0.0" in shown
    assert "mallory" not in shown
    assert "project_id" in shown, "the server's own metrics are there too"
    for command in AT_THE_SERVER:  # the runbook's, with this server's port
        url = str(server.http.base_url).rstrip("/")
        run = command.replace("http://127.0.0.1:2024", url).split()
        if shutil.which("curl"):
            assert subprocess.run(run, capture_output=True, check=True, timeout=30).stdout
        assert server.http.get(run[-1]).text


def test_host_may_nest_the_served_graph_over_http(server: DevServer, world: Any) -> None:
    from langgraph.pregel.remote import RemoteGraph
    from langgraph_sdk import get_sync_client

    with get_sync_client(url=str(server.http.base_url)) as client:
        remote = RemoteGraph("agent", sync_client=client)
        state = remote.invoke({"messages": [{"role": "user", "content": "Hello"}]})
    assert state["messages"][-1]["content"][0]["text"] == "Hello! How can I help?"


def test_server_starts_and_serves_without_a_warning_of_ours(server: DevServer, world: Any) -> None:
    server.http.post("/runs/wait", json=ask("Hello"))
    warned = [line for line in server.printed().splitlines() if "[warning" in line]
    assert [line for line in warned if not any(known in line for known in NOT_OURS)] == []
    assert "BlockingError" not in server.printed()
    assert "Chain: gemini" in (world[3] / "logs" / "app.log").read_text()


def test_server_would_have_caught_a_database_call_on_its_event_loop(tmp_path: Path) -> None:
    project = tmp_path / "blocking"
    shutil.copytree(ROOT / "tests" / "data" / "blocking", project)
    output = tmp_path / "output.txt"
    with langgraph_dev(project, output, child_environment()) as blocking:
        run = {"assistant_id": "blocking", "input": {"messages": []}}
        answer = blocking.http.post("/runs/wait", json=run).json()
        assert answer["__error__"]["error"] == "BlockingError"


def test_large_change_waits_for_the_answer_that_chats_send(server: DevServer, world: Any) -> None:
    _, gemini, _, data = world
    user = {"context": {"user_id": "carol"}}
    adding = tuple(("add_task", {"title": f"c{n}"}) for n in range(3))
    gemini.plays(Answer(calls=adding), says("Added."))
    server.http.post("/runs/wait", json=ask("add three", **user))
    thread = server.http.post("/threads", json={}).json()["thread_id"]
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("All gone."))
    runs = f"/threads/{thread}/runs/wait"
    server.http.post(runs, json=ask("delete all", **user))
    state = server.http.get(f"/threads/{thread}/state").json()
    (asked,) = [one for task in state["tasks"] for one in task["interrupts"]]
    assert [one["name"] for one in asked["value"]["action_requests"]] == ["delete_tasks"]
    assert asked["value"]["review_configs"][0]["action_name"] == "delete_tasks"
    assert statuses(data, "carol") == ["open"] * 3
    resume = {"resume": {"decisions": [{"type": "approve"}]}}
    answer = server.http.post(
        runs, json={"assistant_id": "agent", "command": resume, **user}
    ).json()
    assert "All gone." in str(answer["messages"][-1]["content"])
    assert statuses(data, "carol") == ["deleted"] * 3


@pytest.mark.parametrize(
    ("user", "answer", "left"),
    [
        ("dora", {"command": {"resume": {"decisions": [{"type": "reject"}]}}}, ["open"] * 3),
        (
            "emil",
            {
                "command": {
                    "resume": {
                        "decisions": [
                            {
                                "type": "edit",
                                "edited_action": {
                                    "name": "delete_tasks",
                                    "args": {"task_ids": [2]},
                                },
                            }
                        ]
                    }
                }
            },
            ["open", "deleted", "open"],
        ),
        ("fred", {"input": {"messages": [{"role": "user", "content": "wait"}]}}, ["open"] * 3),
    ],
)
def test_large_change_is_rejected_edited_or_given_up_over_http(
    server: DevServer, world: Any, user: str, answer: dict[str, Any], left: list[str]
) -> None:
    _, gemini, _, data = world
    who = {"context": {"user_id": user}}
    adding = tuple(("add_task", {"title": f"t{n}"}) for n in range(3))
    gemini.plays(Answer(calls=adding), says("Added."))
    server.http.post("/runs/wait", json=ask("add three", **who))
    thread = server.http.post("/threads", json={}).json()["thread_id"]
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("As you say."))
    runs = f"/threads/{thread}/runs/wait"
    server.http.post(runs, json=ask("delete all", **who))
    ended = server.http.post(runs, json={"assistant_id": "agent", **answer, **who}).json()
    assert "As you say." in str(ended["messages"][-1]["content"])
    assert statuses(data, user) == left
    assert gemini.refusals == []


def statuses(data: Path, user: str) -> list[str]:
    connection = sqlite3.connect(data / "tasks.db")
    query = "SELECT status FROM task_relay_tasks WHERE user_id = ? ORDER BY id"
    rows = connection.execute(query, [user]).fetchall()
    connection.close()
    return [status for (status,) in rows]


def test_the_servers_cards_say_what_the_graph_is_for(server: DevServer) -> None:
    (assistant,) = server.http.post("/assistants/search", json={}).json()
    assert "to-do list" in assistant["description"]
