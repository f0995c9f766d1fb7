"""Render Markdown for a terminal, block by block."""

from io import StringIO
from itertools import pairwise
from typing import ClassVar

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Heading, Markdown, MarkdownElement
from rich.segment import Segment
from rich.text import Text

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
_BLOCKS = MarkdownIt("commonmark", {"html": False}).enable("table").disable("inline")
_LONGEST = 20_000
"""Characters of a block that is read: of brackets without an end the parser takes the square."""
"""HTML is shown as it is: rich would leave it out, and a task may be called `fix <b>`."""


class _Heading(Heading):
    """A heading at the left; rich would centre it in a box."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        self.text.stylize("bold")
        yield self.text


class MarkdownAnswer(Markdown):
    """An answer's Markdown. A line break stays one, as people expect it in a chat."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
    }

    def __init__(self, text: str) -> None:
        super().__init__(text, code_theme="ansi_dark", hyperlinks=False)
        self.parsed = _PARSER.parse(text)
        for token in self.parsed:
            for child in token.children or ():
                if child.type == "softbreak":
                    child.type = "hardbreak"


def rendered(text: str) -> Markdown | Text:
    """Return how a text looks; one without any mark of Markdown as it is."""
    marked = len(text) <= _LONGEST and any(mark in text for mark in "*_`#|[~>-+.)\\=")
    return MarkdownAnswer(text) if marked else Text(text)


class Block:
    """A part of an answer between empty lines.

    Args:
        text: Its Markdown.
        first: Whether nothing of the answer is above it; else an empty line is.
    """

    def __init__(self, text: str, first: bool) -> None:
        self._text = text
        self._first = first

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield its lines, without the empty ones that rich puts around some blocks."""
        lines = console.render_lines(rendered(self._text.strip("\n")), options, pad=False)
        full = [n for n, line in enumerate(lines) if any(part.text.strip() for part in line)]
        if not self._first:
            yield Segment.line()
        for line in lines[full[0] : full[-1] + 1] if full else ():
            yield from line
            yield Segment.line()


def blocks_of(text: str) -> list[str]:
    """Cut a text into its blocks; when it grows, all but the last stay as they are."""
    starts = [token.map[0] for token in _BLOCKS.parse(text) if token.level == 0 and token.map]
    lines = list(StringIO(text))
    edges = [0, *sorted(set(starts[1:])), len(lines)]
    return ["".join(lines[begin:end]) for begin, end in pairwise(edges)]
