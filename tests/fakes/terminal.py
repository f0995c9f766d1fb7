"""A person's terminal: a real pseudo-terminal, and the screen that it shows."""

import sys
import time
from pathlib import Path

import pexpect
import pyte


class Terminal:
    """A program in a pseudo-terminal of some size; `screen` is what a person would see."""

    def __init__(
        self, args: list[str], environment: dict[str, str], directory: Path, columns: int = 100
    ) -> None:
        self._screen = pyte.Screen(columns, 24)
        self._stream = pyte.Stream(self._screen)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "app", *args],
            cwd=str(directory),
            env={**environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
            dimensions=(24, columns),
            encoding="utf-8",
        )

    @property
    def screen(self) -> str:
        """The lines on the screen, without the space at their ends."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def wait(self, text: str, seconds: float = 30) -> None:
        """Wait until the screen shows a text."""
        end = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < end, f"{text!r} is not on the screen:\n{self.screen}"
            self._read()

    def wait_for_prompt(self) -> None:
        """Wait until the last line is an empty prompt."""
        self.wait_for(">")

    def wait_for(self, last_line: str) -> None:
        """Wait until the screen ends with this line."""
        end = time.monotonic() + 30
        while self.screen.split("\n")[-1] != last_line:
            assert time.monotonic() < end, f"no prompt on the screen:\n{self.screen}"
            self._read()

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        self.child.send(f"{line}\r")

    def end(self) -> int | None:
        """Wait for the program to end; return its exit code."""
        self.child.expect(pexpect.EOF, timeout=30)
        self.child.close()
        return int(self.child.exitstatus) if self.child.exitstatus is not None else None

    def _read(self) -> None:
        try:
            self._stream.feed(self.child.read_nonblocking(4096, timeout=0.1))
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            raise AssertionError(f"the program has ended:\n{self.screen}") from None
