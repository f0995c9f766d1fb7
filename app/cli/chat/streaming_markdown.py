"""Render Markdown while it streams: finished blocks once, the last block at each look."""

from rich.console import Console, RenderableType
from rich.text import Text

from ..output import Block, blocks_of
from .live_region import ScreenLine, lines_of

_LIVE = 4_000
"""Characters: of a block that grows beyond them only the end is drawn, as plain text, and it is
looked through for finished blocks each time it has grown by half. A screen shows no more,
and drawing all of it again at each look would take the square of its length."""
_LONGEST = 20_000
"""Characters: beyond them it is looked through at the end alone."""


class StreamingMarkdown:
    """The text of one answer, as blocks of Markdown.

    Args:
        console: Whose width the lines have.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self.text = ""
        self._parsed = 0
        self._looked_at = 0
        self._drawn: tuple[tuple[int, int, int], list[ScreenLine]] | None = None
        self._blocks: list[RenderableType] = []
        self._printed = 0
        self._rendered: tuple[int, list[list[ScreenLine]]] = (0, [])

    @property
    def printed(self) -> int:
        """Return how many of its blocks have been taken out to be printed for good."""
        return self._printed

    def add(self, text: str) -> None:
        """Append a piece of the answer."""
        self.text += text

    def lines(self) -> list[ScreenLine]:
        """Return how it looks now, without what was taken out."""
        self._split()
        shown = [line for block in self._finished() for line in block]
        return shown + self._growing()

    def take(self, most: int) -> list[RenderableType]:
        """Take out finished blocks from the top, so that at most so many lines are left.

        Less is taken where the last block alone has more lines.
        """
        total = len(self.lines())
        taken: list[RenderableType] = []
        blocks = self._finished()
        while total > most and blocks:
            total -= len(blocks.pop(0))
            taken.append(self._blocks[self._printed])
            self._printed += 1
        return taken

    def rest(self) -> list[RenderableType]:
        """Take out all that is left."""
        self._looked_at = 0
        self._split()
        tail = self.text[self._parsed :]
        left = self._blocks[self._printed :] + ([self._block(tail)] if tail.strip() else [])
        self._printed += len(left)
        return left

    def _split(self) -> None:
        """Cut finished blocks off the text."""
        left = len(self.text) - self._parsed
        if self._looked_at and (left < 1.5 * self._looked_at or left > _LONGEST):
            return
        for block in blocks_of(self.text[self._parsed :])[:-1]:
            self._blocks.append(self._block(block))
            self._parsed += len(block)
        left = len(self.text) - self._parsed
        self._looked_at = left if left > _LIVE else 0

    def _growing(self) -> list[ScreenLine]:
        """Return the lines of the block that isn't finished."""
        state = (self._console.width, self._parsed, len(self.text))
        if self._drawn is None or self._drawn[0] != state:
            tail = self.text[self._parsed :]
            if len(tail) > _LIVE:
                end = tail[-_LIVE:].split("\n")[-self._console.height :]
                drawn = lines_of(self._console, Text("\n".join(end)))
            else:
                drawn = lines_of(self._console, self._block(tail))
            self._drawn = (state, drawn)
        return self._drawn[1]

    def _finished(self) -> list[list[ScreenLine]]:
        """Return the lines of the finished blocks that are left, rendered for this width."""
        width, lines = self._rendered
        if width != self._console.width:
            lines = []
        left = self._blocks[self._printed :]
        lines += [lines_of(self._console, block) for block in left[len(lines) :]]
        self._rendered = (self._console.width, lines)
        return lines

    def _block(self, text: str) -> RenderableType:
        return Block(text, first=not self._blocks)
