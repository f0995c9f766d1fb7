"""Standard output as the chat uses it: a terminal with colours, or plain text."""

import os
import sys
from collections.abc import Mapping
from functools import cached_property
from textwrap import fill
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


_WIDTH = 80
"""Columns where a terminal names none."""


def is_plain(plain: bool) -> bool:
    """Say whether to write without colours and without drawing anything twice.

    It is so by `--plain`, by `NO_COLOR` (no-color.org), without a terminal, and on a dumb one.
    """
    dumb = os.environ.get("TERM") == "dumb"
    return plain or bool(os.environ.get("NO_COLOR")) or dumb or not sys.stdout.isatty()


class Output:
    """Standard output as the chat uses it. Rich is loaded when it is first needed.

    Args:
        plain: Whether to do without colours and without drawing anything twice.
    """

    def __init__(self, plain: bool) -> None:
        self.plain = plain

    @cached_property
    def console(self) -> "Console":
        """Return rich's console; its size is the window's, whatever a variable says."""
        from rich.console import Console

        variables = {n: v for n, v in os.environ.items() if n not in ("COLUMNS", "LINES")}
        return Console(
            highlight=False,
            markup=False,
            emoji=False,
            color_system=None if self.plain else "auto",
            _environ=variables,
        )

    def say(self, text: str, style: str | None = None) -> None:
        """Write a text and end the line.

        Args:
            text: What to write.
            style: A style of rich, such as `bold red`.
        """
        self.console.print(text, style=style, soft_wrap=self.plain)

    def pairs(self, texts: Mapping[str, str]) -> None:
        """Write a line for each name and its text, aligned; what is too long is wrapped."""
        from rich.table import Table

        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        for name, value in texts.items():
            table.add_row(name, value)
        self.print(table)

    def print(self, renderable: "RenderableType") -> None:
        """Write something that rich can draw."""
        self.console.print(renderable)

    def greet(self, text: str, loud: bool) -> None:
        """Write the first lines, before rich is loaded.

        Args:
            text: What to write.
            loud: Whether it is a warning.
        """
        if sys.stdout.isatty():
            room = os.get_terminal_size(sys.stdout.fileno()).columns or _WIDTH
            text = "\n".join(fill(line, room) for line in text.splitlines())
        style = {"fg": "yellow", "bold": True} if loud else {"dim": True}
        click.secho(text, color=False if self.plain else None, **style)
