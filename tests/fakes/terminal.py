"""A person's terminal: a real pseudo-terminal, and the screen that it shows."""

import sys
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pexpect
import pyte
from rich.style import Style
from rich.text import Text


class Terminal:
    """A program in a pseudo-terminal of some size; `screen` is what a person would see."""

    def __init__(
        self, args: list[str], environment: dict[str, str], directory: Path, columns: int = 100
    ) -> None:
        self.raw = ""
        self._screen = _Screen(columns, 24, history=1000)
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

    @property
    def paper(self) -> str:
        """What has scrolled off the screen, and the screen."""
        top = self._screen.history.top
        gone = ("".join(line[n].data for n in range(self._screen.columns)) for line in top)
        return "\n".join([*(line.rstrip() for line in gone), self.screen])

    def styles_of(self, text: str) -> set[str]:
        """Return the colour, and whether it is bold, of a text's last place on the screen."""
        for y, line in reversed(list(enumerate(self._screen.display))):
            if (x := line.find(text)) >= 0:
                char = self._screen.buffer[y][x]
                return {char.fg, "bold" if char.bold else "thin"}
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen}")

    def styled(self) -> Iterator[Text]:
        """Yield the lines of the screen with their colours, as rich writes them."""
        last = self.screen.count("\n") + 1
        for y in range(last):
            row = self._screen.buffer[y]
            chars = [row[x] for x in range(self._screen.columns)]
            runs = groupby(chars, _style)
            yield Text.assemble(*(("".join(c.data for c in run), style) for style, run in runs))

    def resize(self, columns: int, lines: int = 24) -> None:
        """Make the window larger or smaller; as in xterm, what is too wide is cut."""
        self._screen.resize(lines, columns)
        self.child.setwinsize(lines, columns)

    def wait(self, text: str, seconds: float = 30) -> None:
        """Wait until the screen shows a text."""
        end = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < end, f"{text!r} is not on the screen:\n{self.screen}"
            self._read()

    def wait_until(self, gone: str, seconds: float = 30) -> None:
        """Wait until the screen shows a text no longer."""
        end = time.monotonic() + seconds
        while gone in self.screen:
            assert time.monotonic() < end, f"{gone!r} is still on the screen:\n{self.screen}"
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

    def send(self, keys: str) -> None:
        """Press keys."""
        self.child.send(keys)

    def end(self) -> int | None:
        """Wait for the program to end; return its exit code."""
        self.child.expect(pexpect.EOF, timeout=30)
        self.child.close()
        return int(self.child.exitstatus) if self.child.exitstatus is not None else None

    def _read(self) -> None:
        try:
            came = self.child.read_nonblocking(4096, timeout=0.1)
            self.raw += came
            self._stream.feed(came)
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            raise AssertionError(f"the program has ended:\n{self.screen}") from None


class _Screen(pyte.HistoryScreen):
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
