"""Run commands in processes that are forked from one in which everything is imported already.

Each command still is a process of its own, with its own streams, environment and exit code; only
the second that the imports take is spared. What a start loads, other tests look at.
"""

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.fakes.processes import Ended

_HEAVY = (
    *("app.cli.main", "app.cli.chat.one_turn", "app.agent", "alembic.command"),
    *("langchain_google_genai", "langchain_groq"),
)
_LONGEST = 60.0
_PYTHON = """\
#!{python} -IS
import json, os, socket, sys

given = sys.argv[3:] if sys.argv[1:3] == ["-m", "app"] else sys.argv[1:]
asked = {{"args": given, "directory": os.getcwd(), "environment": dict(os.environ)}}
with socket.socket(socket.AF_UNIX) as asking:
    asking.connect({address!r})
    socket.send_fds(asking, [b"!"], [0, 1, 2])
    asking.sendall(json.dumps(asked).encode() + b"\\n")
    sys.exit(int(asking.makefile().readline()))
"""


class Warm:
    """The process that forks.

    Args:
        environment: What it is started with.
        directory: Where its socket is made.
    """

    def __init__(self, environment: dict[str, str], directory: Path) -> None:
        self._address = str(directory / "warm")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.warm", self._address],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def run(
        self, args: Sequence[str], stdin: bytes | None, directory: Path, environment: dict[str, str]
    ) -> Ended:
        """Run a command to its end."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            socket.socket(socket.AF_UNIX) as asking,
        ):
            given.write(stdin or b"")
            given.seek(0)
            asking.settimeout(_LONGEST)
            asking.connect(self._address)
            streams = [given.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(asking, [b"!"], streams)
            asked = {"args": list(args), "directory": str(directory), "environment": environment}
            asking.sendall(json.dumps(asked).encode() + b"\n")
            code = int(asking.makefile().readline())
            out.seek(0)
            err.seek(0)
            return Ended(code, out.read().decode(), err.read().decode())

    def stand_in(self, directory: Path) -> Path:
        """Write a program `python` that has this process run what it is given; return its path.

        It knows `-m app ...` and `-c CODE`, and is put first into the `PATH` of a shell.
        """
        program = directory / "python"
        program.write_text(_PYTHON.format(python=sys.executable, address=self._address))
        program.chmod(0o755)
        return program

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()


def _serve(address: str) -> None:
    for name in _HEAVY:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    os.write(1, b"ready\n")
    while True:
        asking, _ = listener.accept()
        with asking:
            _, streams, _, _ = socket.recv_fds(asking, 1, 3)
            asked = json.loads(asking.makefile().readline())
            pid = os.fork()
            if pid == 0:
                listener.close()
                _become(asked, streams)
                return
            for stream in streams:
                os.close(stream)
            _, status = os.waitpid(pid, 0)
            asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(asked: dict[str, Any], streams: Sequence[int]) -> None:
    """Be the command, or the code behind `-c`, until it exits."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.alarm(int(_LONGEST))
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["directory"])
    time.tzset()
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the whole process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if asked["args"][:1] == ["-c"]:
        exec(asked["args"][1], {"__name__": "__main__"})
        return
    from app.cli.main import main

    main(asked["args"])


if __name__ == "__main__":
    _serve(sys.argv[1])
