"""Run commands inside the test's own process, at a clock that stands still."""

import gc
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pyte
import pytest

from app.cli.main import main
from tests.fakes.clock import FixedClock


@dataclass(frozen=True)
class Typed:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Enter = Callable[..., Typed]


class Stream(io.TextIOWrapper):
    """A standard stream that says of itself whether it is a terminal."""

    def __init__(self, terminal: bool, content: bytes = b"") -> None:
        self.raw_bytes = io.BytesIO(content)
        super().__init__(self.raw_bytes, encoding="utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        """Say so."""
        return self.terminal

    def text(self) -> str:
        """Return what was written."""
        self.flush()
        return self.raw_bytes.getvalue().decode()


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch, clock: FixedClock) -> Enter:
    """Run a command; with `columns` standard output is a terminal of so many.

    It is Wed 2026-03-04 22:30 in New York.
    """
    for module in ("app.clock", "app.runtime.container"):
        monkeypatch.setattr(f"{module}.SystemClock", lambda: clock)
    monkeypatch.setenv("APP_TIMEZONE", "America/New_York")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def typed(*args: str, columns: int | None = None, stdin: str = "", **environment: str) -> Typed:
        out, err = Stream(columns is not None), Stream(columns is not None)
        with monkeypatch.context() as here:
            here.delenv("COLUMNS", raising=False)
            for name, value in environment.items():
                here.setenv(name, value)
            if columns is not None:
                here.setenv("COLUMNS", str(columns))
            here.setattr(gc, "freeze", lambda: None)  # what is garbage is to be found later
            here.setattr(sys, "stdin", Stream(False, stdin.encode()))
            here.setattr(sys, "stdout", out)
            here.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit) as ended:
                main(args)
        return Typed(int(str(ended.value.code or 0)), out.text(), err.text())

    return typed


def screen(ended: Typed, columns: int) -> list[str]:
    """Return the lines that a terminal of so many columns shows of what was printed."""
    lines = ended.out.count("\n") + 40
    shown = pyte.Screen(columns, lines)
    pyte.Stream(shown).feed(ended.out.replace("\n", "\r\n"))
    return "\n".join(line.rstrip() for line in shown.display).rstrip().split("\n")
