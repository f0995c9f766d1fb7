"""Write tables and lines on standard output, as wide as the screen, in colour if wanted."""

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import RenderableType

plain_option = click.option("--plain", is_flag=True, help="No colours; so without a terminal.")
NARROW = 70
"""Columns below which a table has fewer of them."""
NO_LIMIT = 5_000
"""The width where there is no terminal: a line is as long as it is."""
_NARROWEST = 20


def page_width() -> int:
    """Return the columns of the terminal; without one lines are as long as they are."""
    if not sys.stdout.isatty():
        columns = os.environ.get("COLUMNS", "")
        return max(_NARROWEST, int(columns)) if columns.isdecimal() else NO_LIMIT
    return max(_NARROWEST, shutil.get_terminal_size().columns)


def use_colours(plain: bool) -> bool:
    """Say whether to use colours: on a terminal only, and where the person wants them."""
    unwanted = plain or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not unwanted and sys.stdout.isatty()


def show(*things: "RenderableType", plain: bool) -> None:
    """Write things one below the other on standard output.

    Args:
        things: What rich can draw.
        plain: Whether to do without colours.
    """
    text = render(*things, width=page_width(), colours=use_colours(plain))
    click.echo(text, nl=False, color=use_colours(plain))


def render(*things: "RenderableType", width: int, colours: bool) -> str:
    """Return things as lines of text, without spaces at their ends.

    Args:
        things: What rich can draw.
        width: The most columns of a line.
        colours: Whether to use colours.
    """
    from io import StringIO

    from rich.console import Console

    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=colours,
        color_system="standard" if colours else None,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as capture:
        for thing in things:
            console.print(thing)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())
