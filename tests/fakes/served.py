"""A server in a process of its own, on a free port of loopback."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True)
class Served:
    """A running server: its HTTP API, and what it has printed."""

    http: httpx.Client
    output: Path

    def printed(self) -> str:
        """Return what the server has printed, without colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.output.read_text())


@contextmanager
def serving(
    command: Callable[[str], Sequence[str]],
    ready: str,
    project: Path,
    output: Path,
    environment: dict[str, str],
) -> Iterator[Served]:
    """Run a server, which answers when the block begins and ends with it.

    Args:
        command: Gives the command, from the port.
        ready: The path that says 200 when the server is ready.
        project: The directory that it is started in.
        output: The file for what it prints.
        environment: The process's.
    """
    port = free_port()
    with output.open("w") as printed:
        process = subprocess.Popen(
            command(str(port)),
            cwd=project,
            env=environment,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
        try:
            _wait(http, ready, process, output)
            yield Served(http, output)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(http: httpx.Client, ready: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, output.read_text()
        try:
            if http.get(ready).status_code == 200:
                return
        except httpx.TransportError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise AssertionError(f"The server did not start:\n{output.read_text()}")
