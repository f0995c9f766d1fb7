"""Draw lines at the bottom of the screen again and again, and print others above them."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console, RenderableType
from rich.segment import Segment, Segments

_UP = "\x1b[{}A"
_ERASE_BELOW = "\r\x1b[999M"
"""Deletes lines. To erase down from the top left would put the screen into tmux's history."""
_CLEAR = "\x1b[H\x1b[J"
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"
_LINE = Segment.line()
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


class ScreenLine(NamedTuple):
    """One line of the screen with its colours, and how many cells it takes."""

    text: str
    width: int


def lines_of(console: Console, renderable: RenderableType) -> list[ScreenLine]:
    """Return a renderable as lines of the console's width.

    Args:
        console: Gives width and colours.
        renderable: What rich can draw.
    """
    rows = console.render_lines(renderable, pad=False)
    with console.capture() as captured:
        console.print(Segments(part for row in rows for part in (*row, _LINE)), soft_wrap=True)
    texts = captured.get().split("\n")[:-1]
    lines = []
    for text, row in zip(texts, rows, strict=True):
        trimmed = text.rstrip(" ")
        spaces = len(text) - len(trimmed)
        lines.append(ScreenLine(trimmed, Segment.get_line_length(row) - spaces))
    return lines


class LiveRegion:
    """The lines that may change, below everything that is printed for good.

    While they are drawn, the terminal doesn't wrap: where it finds a character wider than
    we do, the line is cut instead of becoming two, and the count of lines stays right.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: list[ScreenLine] = []

    @property
    def disturbed(self) -> bool:
        """Say whether the window has become too small for the lines that are drawn.

        Some terminals then wrap them anew and some cut them, so where they are is unknown.
        """
        width, height = self._console.size
        too_wide = any(line.width > width for line in self._shown)
        return too_wide or len(self._shown) >= height

    def start_over(self) -> None:
        """Clear the screen; what was printed before scrolls off it or is lost."""
        self._shown = []
        self._write(_CLEAR)

    def draw(self, lines: Sequence[ScreenLine]) -> None:
        """Put lines in the place of those that are drawn; what is the same stays."""
        same = 0
        while same < min(len(lines), len(self._shown)) and lines[same] == self._shown[same]:
            same += 1
        if same == len(lines) == len(self._shown):
            return
        rest = "".join(f"{line.text}\r\n" for line in lines[same:])
        self._write(f"{_HIDE}{_NO_WRAP}{self._up_to(same)}{rest}{_WRAP}")
        self._shown = list(lines)

    def print(self, lines: Sequence[ScreenLine]) -> None:
        """Print lines that stay in the place of the drawn ones, which are gone until `draw`."""
        printed = "".join(f"{line.text}\r\n" for line in lines)
        self._write(f"{_NO_WRAP}{self._up_to(0)}{printed}{_WRAP}")
        self._shown = []

    def close(self) -> None:
        """Take away what is drawn, and show the cursor again."""
        self._write(f"{self._up_to(0)}{_SHOW}")
        self._shown = []

    def _up_to(self, line: int) -> str:
        """Return what brings the cursor to a drawn line and erases from there on."""
        up = len(self._shown) - line
        return (_UP.format(up) if up else "") + _ERASE_BELOW

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()
