"""Run each example as a person would, over the loopback providers."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import nbclient
import nbformat
import pytest

from tests.conftest import ROOT, child_environment, provider_environment
from tests.documents import ALL
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Answer, calls, says

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("examples")]

Run = Callable[..., str]
THREE = Answer(calls=tuple(("add_task", {"title": title}) for title in ("a", "b", "c")))


@pytest.fixture
def environment(gemini: GeminiServer, groq: GroqServer, tmp_path: Path) -> dict[str, str]:
    more = {"APP_DATA_DIR": str(tmp_path), "APP_TIMEZONE": "UTC", "APP_USER": "somebody"}
    return child_environment(**provider_environment(gemini, groq), **more)


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run an example; return what it printed."""

    def start(name: str, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [sys.executable, f"examples/{name}", *arguments],
            input=typed,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return start


def listed(environment: dict[str, str], user: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", "tasks", "--json", "--user", user],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return [task["title"] for task in json.loads(done.stdout)["tasks"]]


def test_every_example_is_named_and_run_here() -> None:
    files = {file.name for file in (ROOT / "examples").iterdir() if file.name != "README.md"}
    files -= {"__pycache__"}
    here = Path(__file__).read_text()
    for file in files:
        assert f"({file})" in ALL["examples/README.md"]
        assert f'"{file}"' in here or f"examples.{file.removesuffix('.py')}" in here, file


@pytest.mark.parametrize("state", ["up", "down"])
def test_agent_of_create_agent_goes_on(
    run: Run, gemini: GeminiServer, groq: GroqServer, state: str
) -> None:
    answering = gemini if state == "up" else groq
    gemini.plays(gemini_api.OVERLOADED)
    answering.plays(calls("get_weather", city="Berlin"), says("Sunny in Berlin."))
    assert run("chat_model.py", "How is the weather?") == "Sunny in Berlin.\n"


def test_tools_alone_ask_before_a_large_change(
    run: Run, gemini: GeminiServer, environment: dict[str, str]
) -> None:
    gemini.plays(THREE, says("Added."))
    assert run("tools_alone.py", "add three") == "Added.\n"
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("Kept."))
    told = run("tools_alone.py", "delete all", typed="n\n")
    # Calls of one message are carried out side by side, so that the numbers are in any order.
    assert re.fullmatch(r"Delete #1 \w, #2 \w, #3 \w\nDo it\? y/n: Kept\.\n", told)
    assert sorted(listed(environment, "ann")) == ["a", "b", "c"]
    gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("Gone."))
    assert run("tools_alone.py", "delete all", typed="y\n").endswith("Gone.\n")
    assert listed(environment, "ann") == []


def test_node_and_tool_answer_alike(
    run: Run, gemini: GeminiServer, environment: dict[str, str]
) -> None:
    gemini.plays(
        *(calls("add_task", title="one"), says("Added one.")),
        *(calls("tasks", request="add two"), calls("add_task", title="two")),
        *(says("Added two."), says("Done: two.")),
    )
    assert run("node_and_tool.py", "add") == "as a node: Added one.\nas a tool: Done: two.\n"
    assert listed(environment, "ann") == ["one", "two"]


def test_two_of_them_fit_under_one_supervisor(
    run: Run, gemini: GeminiServer, environment: dict[str, str]
) -> None:
    gemini.plays(
        calls("transfer_to_home"),
        *(calls("add_task", title="milk"), says("Added milk.")),
        says("Your milk is on the list."),
    )
    told = run("supervisor.py", "milk, please").splitlines()
    assert "home: Added milk." in told
    assert told[-1] == "supervisor: Your milk is on the list."
    assert listed(environment, "ann-at-home") == ["milk"]
    assert listed(environment, "ann-at-work") == []


def test_deep_agent_hands_over(run: Run, gemini: GeminiServer, environment: dict[str, str]) -> None:
    gemini.plays(
        calls("task", description="add milk", subagent_type="tasks"),
        *(calls("add_task", title="milk"), says("Added milk.")),
        says("Milk is on your list."),
    )
    assert run("deep_agent.py", "milk") == "Milk is on your list.\n"
    assert listed(environment, "ann") == ["milk"]


def test_service_of_several_workers_answers(
    gemini: GeminiServer, environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "examples.fastapi_app:service"]
    with (tmp_path / "service.txt").open("w") as output:
        server = subprocess.Popen(
            [*command, "--workers", "2", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            _wait_for(client)
            gemini.plays(THREE, says("Added."))
            assert _say(client, "add three")["reply"] == "Added."
            gemini.plays(calls("delete_tasks", task_ids=[1, 2, 3]), says("Gone."))
            assert _say(client, "delete all")["confirmation"]
            decided = client.post("/decisions", json={"approved": True}, headers={"user": "ann"})
            assert decided.json()["reply"] == "Gone."
    finally:
        server.terminate()
        server.wait(20)


def _say(client: httpx.Client, text: str) -> dict[str, Any]:
    answer = client.post("/messages", json={"text": text}, headers={"user": "ann"})
    told: dict[str, Any] = answer.json()
    return told


def _wait_for(client: httpx.Client) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            client.get("/docs")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the service did not start")


def test_notebook_runs(
    gemini: GeminiServer, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = ROOT / "examples" / "notebook.ipynb"
    book: Any = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    gemini.plays(
        *(calls("add_task", title="water the plants"), says("Added.")),
        *(calls("list_tasks"), says("You have one.")),
        says("Hello!"),
    )
    nbclient.NotebookClient(book, timeout=60, resources={"metadata": {"path": str(ROOT)}}).execute()
    outputs = [cell["outputs"][-1] for cell in book.cells if cell.get("outputs")]
    shown = [output["data"]["text/plain"] for output in outputs if "data" in output]
    assert shown[:2] == ["'Added.'", "'You have one.'"]
    assert "Hello" in shown[2]
    assert "Added #2 Feed the cat" in shown[3]
