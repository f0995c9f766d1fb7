"""The real `langgraph dev` with sign-in on: Ann has something of each kind there, Bob nothing."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, child_environment, provider_environment
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.key_server import AUDIENCE, ISSUER, KeyServer, SigningKey
from tests.fakes.langgraph_dev import DevServer, langgraph_dev
from tests.fakes.steps import calls, says

SECRET, HELPER, KEY = "annssecret", "annshelper", "annskey"
"""What Ann has said and keeps; how she calls an assistant; the key of an item in her store."""

TOKENS = {"ann": "a" * 40, "bob": "b" * 40, "dora": "d" * 40, "*": "c" * 40}
SAID = {"role": "user", "content": "hello"}
RUN = {"assistant_id": "agent", "input": {"messages": [SAID]}}


@dataclass(frozen=True)
class Things:
    """What Ann has at the server."""

    thread: str
    run: str
    checkpoint: str
    assistant: str
    cron: str

    def fill(self, path: str) -> str:
        """Return a path with her things in it."""
        names = {
            "thread_id": self.thread,
            "run_id": self.run,
            "checkpoint_id": self.checkpoint,
            "assistant_id": self.assistant,
            "cron_id": self.cron,
            "namespace": "x",
            "graph_id": "agent",
            "operation_id": "x",
        }
        return re.sub(r"\{(\w+)\}", lambda name: names[name[1]], path)


@dataclass(frozen=True)
class SignedIn:
    """The server, and what Ann has there and in the data directory."""

    server: DevServer
    gemini: GeminiServer
    groq: GroqServer
    key: SigningKey
    data: Path
    ann: Things

    def ask(self, user: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Return the status of an answer, and what it says."""
        headers = {
            "Authorization": f"Bearer {TOKENS[user]}",
            "Accept": "application/json, text/event-stream, */*",
        }
        answer = self.server.http.request(method, path, json=body, headers=headers)
        return answer.status_code, answer.text

    def tasks(self, user: str) -> list[str]:
        """Return the titles of a user's tasks."""
        connection = sqlite3.connect(self.data / "tasks.db")
        query = "SELECT title FROM task_relay_tasks WHERE user_id = ? ORDER BY id"
        rows = connection.execute(query, [user]).fetchall()
        connection.close()
        return [title for (title,) in rows]

    def all_of_ann(self) -> list[tuple[int, str]]:
        """Return all that Ann sees of her own."""
        ann, query = self.ann, f"namespace=notes&key={KEY}"
        asked: list[tuple[str, str, Any]] = [
            ("GET", f"/threads/{ann.thread}", None),
            ("GET", f"/threads/{ann.thread}/state", None),
            ("GET", f"/threads/{ann.thread}/history", None),
            ("GET", f"/threads/{ann.thread}/runs", None),
            ("POST", "/threads/search", {}),
            ("POST", "/assistants/search", {"metadata": {"note": SECRET}}),
            ("POST", f"/assistants/{ann.assistant}/versions", {}),
            ("POST", "/runs/crons/search", {}),
            ("GET", f"/store/items?{query}", None),
        ]
        return [*(self.ask("ann", *one) for one in asked), (0, str(self.tasks("ann")))]


def made_by_ann(server: DevServer, gemini: GeminiServer) -> Things:
    """Make something of each kind for Ann."""
    headers = {"Authorization": f"Bearer {TOKENS['ann']}"}

    def post(path: str, body: Any, method: str = "POST") -> Any:
        answer = server.http.request(method, path, json=body, headers=headers)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    note = {"metadata": {"note": SECRET}}
    said = {"messages": [{"role": "user", "content": SECRET}]}
    thread = post("/threads", note)["thread_id"]
    gemini.plays(calls("add_task", title=SECRET), says(f"Added {SECRET}."))
    post(f"/threads/{thread}/runs/wait", {"assistant_id": "agent", "input": said})
    (run,) = server.http.get(f"/threads/{thread}/runs", headers=headers).json()
    state = server.http.get(f"/threads/{thread}/state", headers=headers).json()
    assistant = post(
        "/assistants", {"graph_id": "agent", "name": HELPER, "description": SECRET, **note}
    )
    cron = {"assistant_id": "agent", "schedule": "0 0 1 1 *", "input": said, **note}
    kept = {"namespace": ["notes"], "key": KEY, "value": {"text": SECRET}}
    post("/store/items", kept, "PUT")
    return Things(
        thread,
        run["run_id"],
        state["checkpoint"]["checkpoint_id"],
        assistant["assistant_id"],
        post("/runs/crons", cron)["cron_id"],
    )


@contextmanager
def signed_in(place: Path) -> Iterator[SignedIn]:
    """Start everything, for as long as the block lasts."""
    project = place / "project"
    project.mkdir()
    shutil.copy(ROOT / "langgraph.json", project)
    (project / "app").symlink_to(ROOT / "app")
    people = place / "people"
    people.write_text("".join(f"{user} {token}\n" for user, token in TOKENS.items()))
    people.chmod(0o600)
    gemini, groq, key = GeminiServer(), GroqServer(), SigningKey("one")
    provider = KeyServer(key.public())
    environment = child_environment(
        **provider_environment(gemini, groq),
        APP_DATA_DIR=str(place / "data"),
        APP_TIMEZONE="UTC",
        AUTH_TOKENS=str(people),
        AUTH_JWKS_URL=provider.url,
        AUTH_ISSUER=ISSUER,
        AUTH_AUDIENCE=AUDIENCE,
    )
    try:
        with langgraph_dev(project, place / "output.txt", environment) as server:
            ann = made_by_ann(server, gemini)
            gemini.plays(says("Hello!"))
            yield SignedIn(server, gemini, groq, key, place / "data", ann)
    finally:
        for fake in (gemini, groq, provider):
            fake.stop()
