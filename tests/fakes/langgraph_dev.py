"""The real `langgraph dev`, started on a free port of loopback."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True)
class DevServer:
    """A running server: its HTTP API, and what it has printed."""

    http: httpx.Client
    output: Path

    def printed(self) -> str:
        """Return what the server has printed, without colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.output.read_text())


@contextmanager
def langgraph_dev(project: Path, output: Path, environment: dict[str, str]) -> Iterator[DevServer]:
    """Serve a project's `langgraph.json`; the server ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("langgraph")), "dev", "--no-browser"]
    with output.open("w") as printed:
        process = subprocess.Popen(
            [*command, "--no-reload", "--port", str(port)],
            cwd=project,
            env=environment,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
        try:
            _wait(http, process, output)
            yield DevServer(http, output)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)


def _wait(http: httpx.Client, process: "subprocess.Popen[bytes]", output: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, output.read_text()
        try:
            if http.get("/ok").status_code == 200:
                return
        except httpx.TransportError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise AssertionError(f"langgraph dev did not start:\n{output.read_text()}")
