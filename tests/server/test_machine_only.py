"""The real `langgraph dev` where nobody signs in: it answers the person at its machine."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, child_environment
from tests.fakes.langgraph_dev import DevServer, langgraph_dev
from tests.fakes.served import free_port

pytestmark = pytest.mark.xdist_group("langgraph dev")

PAGE, EVIL = "http://localhost:3000", "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a"}
EVERYWHERE = [
    *("/threads/search", "/runs/wait", "/assistants/search", "/store/items/search", "/mcp"),
    *("/a2a/agent", "/internal/truncate", "/deploy", "/nowhere"),
]
TO_LOOK_AT = ["/", "/ok", "/info", "/docs", "/openapi.json", "/mcp", "/internal/debug/thread/x"]


def made_in(place: Path) -> Path:
    project = place / "project"
    project.mkdir()
    shutil.copy(ROOT / "langgraph.json", project)
    (project / "app").symlink_to(ROOT / "app")
    return project


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    place = tmp_path_factory.mktemp("machine-only")
    environment = child_environment(APP_DATA_DIR=str(place / "data"), CORS_ORIGINS=PAGE)
    with langgraph_dev(made_in(place), place / "output.txt", environment) as started:
        yield started


REFUSED: list[dict[str, str]] = [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": "http://localhost:3001"},
    {"Host": "evil.example"},
    {"Host": "evil.example:2024", "Origin": "http://evil.example:2024"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "localhost"},
    {"Forwarded": "for=127.0.0.1"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
]


@pytest.mark.parametrize("headers", REFUSED, ids=str)
def test_anybody_else_is_refused_at_every_route(server: DevServer, headers: dict[str, str]) -> None:
    asked = [server.http.get(path, headers=headers) for path in TO_LOOK_AT]
    for path in EVERYWHERE:
        text = {**headers, "Content-Type": "text/plain"}
        asked += [
            server.http.post(path, content='{"thread_id": "x"}', headers=text),
            server.http.delete(path, headers=headers),
            server.http.options(path, headers={**headers, **PREFLIGHT}),
        ]
    assert {answer.status_code for answer in asked} == {403}
    assert all("AUTH_TOKENS" in answer.json()["detail"] for answer in asked)
    assert not any("access-control-allow-origin" in answer.headers for answer in asked)
    for path in ("/healthz", "/readyz", "/metrics"):
        assert server.http.get(path, headers=headers).status_code in (200, 503)


@pytest.mark.parametrize("origin", [PAGE, "https://smith.langchain.com"])
def test_listed_pages_and_studio_may_call(server: DevServer, origin: str) -> None:
    asked = server.http.options(
        "/threads",
        headers={"Origin": origin, **PREFLIGHT, "Access-Control-Request-Private-Network": "true"},
    )
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-private-network"] == "true"
    studio = {"Origin": origin, "X-Auth-Scheme": "langsmith"}
    made = server.http.post("/threads", json={}, headers=studio)
    assert made.status_code == 200
    for answer in (asked, made):
        assert answer.headers.get_list("access-control-allow-origin") == [origin]
    found = server.http.post("/threads/search", json={}).json()
    assert made.json()["thread_id"] in [thread["thread_id"] for thread in found]


def test_own_pages_and_programs_may_call(server: DevServer) -> None:
    own = str(server.http.base_url).rstrip("/")
    assert server.http.get("/docs", headers={"Origin": own}).status_code == 200
    by_name = {"Host": f"localhost:{server.http.base_url.port}"}
    assert server.http.get("/info", headers=by_name).status_code == 200


def test_server_says_once_that_nobody_signs_in(server: DevServer) -> None:
    assert server.printed().count("Nobody signs in at this server") == 1


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["--host", "0.0.0.0"], {}, "would listen on 0.0.0.0"),
        ([], {"AUTH_TOKENS": "nowhere"}, "nowhere is missing"),
        ([], {"AUTH_ISSUER": "x"}, "AUTH_JWKS_URL and AUTH_AUDIENCE must be set too"),
    ],
)
def test_server_doesn_t_start_and_says_why(
    tmp_path: Path, arguments: list[str], settings: dict[str, Any], said: str
) -> None:
    program = [str(Path(sys.executable).with_name("langgraph")), "dev", "--no-browser"]
    done = subprocess.run(
        [*program, "--no-reload", "--port", str(free_port()), *arguments],
        cwd=made_in(tmp_path),
        env=child_environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
