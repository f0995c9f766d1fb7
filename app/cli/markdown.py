"""Render Markdown for a terminal, and tell which blocks of a growing text are finished."""

from typing import ClassVar

from markdown_it import MarkdownIt
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Heading, Markdown, MarkdownElement
from rich.text import Text

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
"""HTML is shown as it is: rich would leave it out, and a task may be called `fix <b>`."""


class _Heading(Heading):
    """A heading at the left; rich would centre it in a box."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        self.text.stylize("bold")
        yield self.text


class Answer(Markdown):
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
    return Answer(text) if any(mark in text for mark in "*_`#|[~>-+.)\\=") else Text(text)


def finished(text: str) -> int:
    """Return where the last block of a text begins: all before it will stay as it is."""
    tops = [token.map[0] for token in _PARSER.parse(text) if token.level == 0 and token.map]
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: max(tops, default=0)]))
