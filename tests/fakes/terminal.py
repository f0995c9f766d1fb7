"""A person's terminal: a real pseudo-terminal, and the screen that it shows."""

import codecs
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pyte
from rich.style import Style
from rich.text import Text

from tests.fakes.warm import Warm

_PATIENCE = 30.0
"""Seconds until a screen that doesn't come is a failure."""


class ColdProgram:
    """A program that was started anew, with all its imports, on a terminal of its own.

    Args:
        args: What follows `python` on its command line.
        stream: The terminal.
        directory: Where it runs.
        environment: All of its environment.
    """

    def __init__(
        self, args: list[str], stream: int, directory: Path, environment: dict[str, str]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *args],
            stdin=stream,
            stdout=stream,
            stderr=stream,
            cwd=directory,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call
        )

    def wait(self) -> int:
        """Return its exit code when it has ended."""
        return self._process.wait(_PATIENCE)

    def kill(self) -> None:
        """End it, if it still runs."""
        self._process.kill()
        self._process.wait()


class Screen:
    """What a terminal of some size shows of the bytes that it gets, and what has scrolled off.

    Args:
        columns: How wide it is.
        lines: How high it is.
    """

    def __init__(self, columns: int, lines: int = 24) -> None:
        self._pyte = _Scrolling(columns, lines, history=1000)
        self._stream = pyte.Stream(self._pyte)

    def feed(self, text: str) -> None:
        """Show what a program writes."""
        self._stream.feed(text)

    def resize(self, columns: int, lines: int = 24) -> None:
        """Make the window larger or smaller; as in xterm, what is too wide is cut."""
        self._pyte.resize(lines, columns)

    @property
    def screen(self) -> str:
        """The lines on the screen, without the space at their ends."""
        return "\n".join(line.rstrip() for line in self._pyte.display).rstrip()

    @property
    def paper(self) -> str:
        """What has scrolled off the screen, and the screen."""
        top = self._pyte.history.top
        gone = ("".join(line[n].data for n in range(self._pyte.columns)) for line in top)
        return "\n".join([*(line.rstrip() for line in gone), self.screen])

    def styles_of(self, text: str) -> set[str]:
        """Return the colour, and whether it is bold, of a text's last place on the screen."""
        for y, line in reversed(list(enumerate(self._pyte.display))):
            if (x := line.find(text)) >= 0:
                char = self._pyte.buffer[y][x]
                return {char.fg, "bold" if char.bold else "thin"}
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen}")

    def styled(self) -> Iterator[Text]:
        """Yield the lines of the screen with their colours, as rich writes them."""
        last = self.screen.count("\n") + 1
        for y in range(last):
            row = self._pyte.buffer[y]
            chars = [row[x] for x in range(self._pyte.columns)]
            runs = groupby(chars, _style)
            yield Text.assemble(*(("".join(c.data for c in run), style) for style, run in runs))


class Terminal(Screen):
    """A command in a pseudo-terminal of some size; `screen` is what a person would see.

    Args:
        args: What follows `python -m app` on the command line.
        environment: All of the command's environment.
        directory: Where it runs.
        columns: How wide the terminal is; it has 24 lines.
        warm: The process that runs it; without one it is started anew, with all its imports.
    """

    def __init__(
        self,
        args: list[str],
        environment: dict[str, str],
        directory: Path,
        columns: int = 100,
        warm: Warm | None = None,
    ) -> None:
        super().__init__(columns)
        self.raw = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._ended = False
        self._master, stream = pty.openpty()
        self._set_size(columns, 24)
        command = ["-m", "app", *args]
        given = {**environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self._program = (
            ColdProgram(command, stream, directory, given)
            if warm is None
            else warm.start(command, [stream] * 3, directory, given, terminal=True)
        )
        os.close(stream)

    def resize(self, columns: int, lines: int = 24) -> None:
        """Make the window larger or smaller, and let the program know."""
        super().resize(columns, lines)
        self._set_size(columns, lines)

    def wait(self, text: str) -> None:
        """Wait until the screen shows a text."""
        self._read_until(lambda: text in self.screen, f"{text!r} is not on the screen")

    def wait_until(self, gone: str) -> None:
        """Wait until the screen shows a text no longer."""
        self._read_until(lambda: gone not in self.screen, f"{gone!r} is still on the screen")

    def wait_for_prompt(self) -> None:
        """Wait until the last line is an empty prompt."""
        self.wait_for(">")

    def wait_for(self, last_line: str) -> None:
        """Wait until the screen ends with this line."""
        ends = lambda: self.screen.rpartition("\n")[2] == last_line  # noqa: E731
        self._read_until(ends, f"{last_line!r} is not the last line of the screen")

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        self.send(f"{line}\r")

    def send(self, keys: str) -> None:
        """Press keys, as the characters that they send."""
        os.write(self._master, keys.encode())

    def say(self, line: str, *shown: str) -> None:
        """Type a line; wait until the screen has shown each text, and then a prompt."""
        self.type(line)
        for text in shown:
            self.wait(text)
        self.wait_for_prompt()

    def end(self) -> int:
        """Wait for the program to end; return its exit code."""
        self._read_until(lambda: self._ended, "the program has not ended")
        return self._program.wait()

    def close(self) -> None:
        """End the program, if it still runs."""
        self._program.kill()
        os.close(self._master)

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def _read_until(self, seen: Callable[[], bool], complaint: str) -> None:
        end = time.monotonic() + _PATIENCE
        while not seen():
            assert not self._ended, f"{complaint}, and the program has ended:\n{self.screen}"
            ready, _, _ = select.select([self._master], [], [], end - time.monotonic())
            assert ready, f"{complaint}:\n{self.screen}"
            try:
                came = self._decoder.decode(os.read(self._master, 65536))
            except OSError:  # so Linux says that nobody has the terminal open any more
                self._ended = True
            else:
                self.raw += came
                self.feed(came)


class _Scrolling(pyte.HistoryScreen):
    """A screen that, as in tmux, scrolls off when it is erased as a whole."""

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        if how == 0 and (self.cursor.x, self.cursor.y) == (0, 0):
            self.history.top.extend(self.buffer[y] for y in range(self.lines))
            for y in range(self.lines):
                self.buffer.pop(y, None)
        super().erase_in_display(how, *args, **kwargs)


def _style(char: pyte.screens.Char) -> Style:
    named = {"default": None, "brown": "yellow"}
    colour = named.get(char.fg, char.fg)
    if colour is not None and len(colour) == 6 and set(colour) <= set("0123456789abcdef"):
        colour = f"#{colour}"
    return Style(color=colour, bold=char.bold, italic=char.italics, reverse=char.reverse)
