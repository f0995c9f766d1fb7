"""End although nobody takes the traces, in a process of its own as a person starts it."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import child_environment

COMPRESSES = {"version": "0.12", "instance_flags": {"zstd_compression_enabled": True}}


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class Tracing(ThreadingHTTPServer):
    """LangSmith, as far as its client asks before it sends; then it takes runs, or says nothing."""

    daemon_threads = True

    def __init__(self, takes: bool) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.takes, self.runs, self.over = takes, 0, threading.Event()


class Answers(BaseHTTPRequestHandler):
    server: Tracing

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        body = json.dumps(COMPRESSES).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        if not self.server.takes:
            self.server.over.wait()
            return
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.runs += 1
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def tracing(request: pytest.FixtureRequest) -> Iterator[Tracing]:
    server = Tracing(request.param)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


def chat(tmp_path: Path, **environment: str) -> tuple[int, str, str]:
    """Run one turn; it is ended after half a minute, which is an error."""
    ended = subprocess.run(
        [sys.executable, "-m", "app", "chat", "-m", "list"],
        cwd=tmp_path,
        env=child_environment(**environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


def langsmith(url: str) -> dict[str, str]:
    return {"LANGSMITH_TRACING": "true", "LANGSMITH_API_KEY": "k", "LANGSMITH_ENDPOINT": url}


ANSWERED = (0, "No tasks found.\n")
MISSING = "Warning: GEMINI_API_KEY and GROQ_API_KEY are not set: left out of the chain.\n"


@pytest.mark.long
def test_silent_servers_of_every_kind_let_the_program_end_without_a_word(
    tmp_path: Path, silent: str
) -> None:
    """LangSmith, a collector and a webhook: bare LangChain waits minutes for the first."""
    everything = {"OTEL_EXPORTER_OTLP_ENDPOINT": silent, "APP_ALERT_WEBHOOK_URL": silent}
    assert chat(tmp_path, **langsmith(silent), **everything) == (*ANSWERED, MISSING)


@pytest.mark.long
@pytest.mark.parametrize("tracing", [False], indirect=True)
def test_server_that_falls_silent_after_its_first_word_lets_it_end_too(
    tmp_path: Path, tracing: Tracing
) -> None:
    url = f"http://127.0.0.1:{tracing.server_port}"
    assert chat(tmp_path, **langsmith(url)) == (*ANSWERED, MISSING)


@pytest.mark.long
def test_server_that_is_away_is_no_warning_of_a_library(tmp_path: Path) -> None:
    assert chat(tmp_path, **langsmith("http://127.0.0.1:9")) == (*ANSWERED, MISSING)


@pytest.mark.long
@pytest.mark.parametrize("tracing", [True], indirect=True)
def test_server_that_takes_them_gets_the_traces_of_a_short_command(
    tmp_path: Path, tracing: Tracing
) -> None:
    url = f"http://127.0.0.1:{tracing.server_port}"
    assert chat(tmp_path, **langsmith(url)) == (*ANSWERED, MISSING)
    assert tracing.runs > 0
