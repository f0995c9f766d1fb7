"""Run programs in processes that are forked from one in which everything is imported already.

Each program still is a process of its own, with its own streams, environment, signals, terminal
and exit code; only the second or two that the imports take are spared. What a start loads, other
tests look at. One such process serves all workers of a run, and keeps their PostgreSQL. It imports
and starts things when they are first asked for, and ends with whoever started it.
"""

import fcntl
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.fakes.processes import Ended

_HEAVY = (
    *("app.cli.main", "app.cli.chat.one_turn", "app.cli.chat.prompt", "app.agent"),
    *("alembic.command", "langchain_google_genai", "langchain_groq", "tests.fakes.made_ahead"),
)
_LONGEST = 60.0
"""Seconds that a program runs at most."""
_PYTHON = """\
#!{python} -IS
import json, os, signal, socket, sys

asked = {{"args": sys.argv[1:], "directory": os.getcwd(), "environment": dict(os.environ)}}
asked["terminal"] = False
with socket.socket(socket.AF_UNIX) as asking:
    asking.connect({address!r})
    socket.send_fds(asking, [b"!"], [0, 1, 2])
    asking.sendall(json.dumps(asked).encode() + b"\\n")
    answers = asking.makefile()
    pid = int(answers.readline())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: os.kill(pid, number))
    code = int(answers.readline())
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
"""


class Program:
    """A program that runs, as a child of the warm process.

    Args:
        asking: The connection on which the warm process tells of it.
    """

    def __init__(self, asking: socket.socket) -> None:
        self._asking = asking
        self._answers = asking.makefile()
        self.pid = int(self._answers.readline())

    def wait(self) -> int:
        """Return its exit code when it has ended; of one that a signal ended, minus its number."""
        with self._asking, self._answers:
            return int(self._answers.readline())

    def kill(self) -> None:
        """End it, if it still runs."""
        self._answers.close()
        self._asking.close()


class Warm:
    """The process that forks.

    Args:
        address: The socket at which it listens.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    @property
    def python(self) -> Path:
        """A program that has the warm process run `-m MODULE ...` or `-c CODE ...`.

        Its folder may be put first into the `PATH` of a shell.
        """
        return Path(self.address).with_name("python")

    def start(
        self,
        args: Sequence[str],
        streams: Sequence[int],
        directory: Path,
        environment: dict[str, str],
        *,
        terminal: bool = False,
    ) -> Program:
        """Start a program.

        Args:
            args: What follows `python` on its command line.
            streams: Its standard input, output and error.
            directory: Where it runs.
            environment: All of its environment.
            terminal: Whether its standard input is a terminal, and is to be its own.
        """
        asking = self._connected()
        socket.send_fds(asking, [b"!"], streams)
        asked: dict[str, Any] = {"args": list(args), "directory": str(directory)}
        asked |= {"environment": environment, "terminal": terminal}
        asking.sendall(json.dumps(asked).encode() + b"\n")
        return Program(asking)

    def run(
        self, args: Sequence[str], stdin: bytes | None, directory: Path, environment: dict[str, str]
    ) -> Ended:
        """Run a program to its end, as `start` does."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given.write(stdin or b"")
            given.seek(0)
            streams = [given.fileno(), out.fileno(), err.fileno()]
            code = self.start(args, streams, directory, environment).wait()
            out.seek(0)
            err.seek(0)
            return Ended(code, out.read().decode(), err.read().decode())

    def postgresql(self) -> tuple[str, str]:
        """Return the address of the run's PostgreSQL, and that of a database with all tables."""
        with self._connected() as asking, asking.makefile() as answers:
            asking.sendall(b"?")
            told = json.loads(answers.readline())
            assert "failed" not in told, told["failed"]
            return told["server"], told["template"]

    def _connected(self) -> socket.socket:
        asking = socket.socket(socket.AF_UNIX)
        asking.settimeout(_LONGEST)
        asking.connect(self.address)
        return asking


class WarmProcess:
    """The warm process as its owner sees it.

    Args:
        environment: What it is started with.
        directory: Where its socket and the program `python` are made.
    """

    def __init__(self, environment: dict[str, str], directory: Path) -> None:
        self.address = str(directory / "warm")
        write_python(directory)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen(64)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fakes.warm", str(listener.fileno())],
                env=environment,
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )

    def close(self) -> None:
        """End it, and what it has started."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def write_python(directory: Path) -> Path:
    """Write a program that has the server of a directory, at its socket `warm`, run something."""
    program = directory / "python"
    address = str(directory / "warm")
    program.write_text(_PYTHON.format(python=sys.executable, address=address))
    program.chmod(0o755)
    return program


class Server:
    """What the warm process does: fork for each connection, and tell how the programs end.

    Args:
        listener: Where programs are asked for.
    """

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._running: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._keeper: tuple[int, int] | None = None
        self._imported = False
        self._postgresql: bytes | None = None

    def serve(self) -> None:
        """Serve until standard input is closed; in a forked process, return when it is to end."""
        woken, wakes = socket.socketpair()
        wakes.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno())
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for source in (0, woken, self._listener):
            self._selector.register(source, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == 0:
                    self._end()
                    return
                if key.fileobj is woken:
                    woken.recv(64)
                    self._reap()
                elif key.fileobj is self._listener:
                    asking, _ = self._listener.accept()
                    if (asked := self._take(asking)) is not None:
                        wakes.close()
                        _become(*asked)
                        return
                elif key.data in self._running:  # nobody waits for it any more
                    os.kill(key.data, signal.SIGKILL)
                    self._selector.unregister(key.fileobj)

    def _take(self, asking: socket.socket) -> tuple[dict[str, Any], Sequence[int]] | None:
        """Answer a request; return it in the process that is to be the program."""
        what, streams, _, _ = socket.recv_fds(asking, 1, 3)
        if what == b"?":
            with asking:
                asking.sendall(self._databases())
            return None
        if what != b"!":  # gone again
            asking.close()
            return None
        with asking.makefile() as lines:
            asked = json.loads(lines.readline())
        self._import()
        assert threading.active_count() == 1, threading.enumerate()
        pid = os.fork()
        if pid == 0:
            asking.close()
            self._forget()
            return asked, streams
        for stream in streams:
            os.close(stream)
        self._running[pid] = asking
        self._selector.register(asking, selectors.EVENT_READ, pid)
        with suppress(OSError):
            asking.sendall(f"{pid}\n".encode())
        return None

    def _reap(self) -> None:
        for pid, asking in list(self._running.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._running[pid]
                with suppress(KeyError):
                    self._selector.unregister(asking)
                with asking, suppress(OSError):
                    asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())

    def _import(self) -> None:
        if not self._imported:
            for name in _HEAVY:
                importlib.import_module(name)
            gc.collect()
            gc.freeze()
            self._imported = True

    def _databases(self) -> bytes:
        """Start PostgreSQL, unless it runs; return where it and its template are, as JSON.

        It runs below a process of its own: whoever is forked from this one knows nothing of it.
        """
        if self._postgresql is None:
            told, tells = os.pipe()
            ended, ends = os.pipe()
            self._keeper = (os.fork(), ends)
            if self._keeper[0] == 0:
                os.close(ends)
                self._forget()
                try:
                    _keep_postgresql(tells, ended)
                except BaseException:  # noqa: BLE001 - this process must never go on from here
                    traceback.print_exc()
                finally:
                    os._exit(0)
            os.close(tells)
            os.close(ended)
            with open(told, "rb") as lines:  # noqa: PTH123 - a pipe
                self._postgresql = lines.read() + b"\n"
        return self._postgresql

    def _forget(self) -> None:
        """Give up, in a forked process, what is the warm process's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if self._keeper is not None and self._keeper[0]:
            os.close(self._keeper[1])
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()

    def _end(self) -> None:
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        if self._keeper is not None:
            pid, ends = self._keeper
            os.close(ends)
            os.waitpid(pid, 0)


def _keep_postgresql(tells: int, ended: int) -> None:
    """Run PostgreSQL until `ended` is closed; write into `tells` where it is, as JSON."""
    from tests.postgresql import Databases, server

    with open(tells, "w", encoding="utf-8") as told, ExitStack() as stack:
        try:
            address = stack.enter_context(server())
            made = Databases(address)
            stack.callback(made.close)
        except Exception:  # noqa: BLE001 - the test that asked is told
            json.dump({"failed": traceback.format_exc()}, told)
            return
        json.dump({"server": address, "template": made.template}, told)
        told.close()
        os.read(ended, 1)


def _become(asked: dict[str, Any], streams: Sequence[int]) -> None:
    """Be the program, until it exits."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    if asked["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.alarm(int(_LONGEST))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["directory"])
    time.tzset()
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for the whole process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(  # noqa: SIM115
        2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )
    how, what, *rest = asked["args"]
    sys.argv = [how, *rest]
    sys.path[0] = asked["directory"]
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        assert how == "-c"
        sys.modules["__main__"] = main = ModuleType("__main__")
        exec(compile(what, "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    Server(socket.socket(fileno=int(sys.argv[1]))).serve()
