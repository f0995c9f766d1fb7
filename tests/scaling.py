"""Show several machines on one PostgreSQL: `python -m tests.scaling`.

Two machines are two data directories; each takes turns of one thread, while Gemini is out of
quota. Then Aegra serves the same graph to HTTP. Everything runs for real, on loopback and sockets,
and ends by itself.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT, child_environment, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes.aegra import aegra as serving
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.served import free_port
from tests.fakes.steps import calls, says
from tests.postgresql import Databases, server

SAID = {"role": "user", "content": "Add a task to call Eve"}


def main() -> None:
    """Play the walk-through on standard output."""
    with server(port=free_port()) as address:
        databases = Databases(address)
        try:
            play(databases.empty(), Path(sys.executable), _tell, aegra=True)
        finally:
            databases.close()


def play(
    database_url: str, python: Path, tell: Callable[[str], object], *, aegra: bool = False
) -> None:
    """Play the walk-through.

    Args:
        database_url: The machines' PostgreSQL, without tables.
        python: The program that runs `-m app`.
        tell: Hears each line.
        aegra: Whether Aegra serves the same graph then.
    """
    gemini, groq = GeminiServer(), GroqServer()
    try:
        with tempfile.TemporaryDirectory() as place:
            environment = child_environment(
                **provider_environment(gemini, groq),
                DATABASE_URL=database_url,
                APP_TIMEZONE="UTC",
            )

            def say(machine: str, message: str) -> None:
                tell(f'{machine}$ python -m app chat -m "{message}"')
                ended = subprocess.run(
                    [python, "-m", "app", "chat", "-m", message],
                    env=environment | {"APP_DATA_DIR": f"{place}/{machine}"},
                    cwd=place,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                )
                tell(ended.stdout.strip())

            _workers(say, tell, gemini, groq)
            if aegra:
                _aegra(Path(place), environment, groq)
    finally:
        gemini.stop()
        groq.stop()


def _workers(
    say: Callable[[str, str], None],
    tell: Callable[[str], object],
    gemini: GeminiServer,
    groq: GroqServer,
) -> None:
    gemini.plays(gemini_api.quota(seconds=600))
    groq.plays(
        calls("add_task", title="Call Bob"),
        says("Added #1 Call Bob."),
        calls("complete_tasks", task_ids=[1]),
        says("Completed #1 Call Bob."),
    )
    say("one", "Add a task to call Bob")
    say("two", "I have called him")
    told = [m["content"] for m in groq.requests[-1]["body"]["messages"] if m["role"] == "user"]
    tell(f"(The second machine told Groq: {told}. Calls to Gemini in all: {gemini.calls}.)")


def _aegra(place: Path, environment: dict[str, str], groq: GroqServer) -> None:
    project = place / "project"
    project.mkdir()
    shutil.copy(ROOT / "langgraph.json", project)
    (project / "app").symlink_to(ROOT / "app")
    _tell("$ python -m uvicorn aegra_api.main:app")
    environment |= {"APP_DATA_DIR": str(place / "aegra")}
    with serving(project, place / "output.txt", environment) as served:
        groq.plays(calls("add_task", title="Call Eve"), says("Added #1 Call Eve."))
        thread = served.http.post("/threads", json={}).json()["thread_id"]
        _tell("POST /threads, POST /threads/{thread}/runs/wait")
        wanted = {
            "assistant_id": "agent",
            "input": {"messages": [SAID]},
            "context": {"user_id": "eve"},
        }
        done = served.http.post(f"/threads/{thread}/runs/wait", json=wanted)
        done.raise_for_status()
        for message in done.json()["messages"]:
            if message["content"]:
                _tell(f"{message['type']}: {_words(message['content'])}")


def _words(content: object) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return str(content)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
