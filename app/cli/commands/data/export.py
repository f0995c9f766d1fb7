"""The command `export`: write all tasks into a file."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .... import PROGRAM
from ....errors import InputError
from ...exit_codes import Exit
from ...store_context import fast_imports, open_stores, user_option
from .task_files import FORMAT_NAMES, progress_bar

if TYPE_CHECKING:
    from ....tasks import Portable


@click.command(epilog=f"Example: {PROGRAM} export --format csv --out tasks.csv")
@click.option(
    "--format", "name", type=click.Choice(FORMAT_NAMES), help="Default: as --out ends, or json."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: the screen.")
@user_option
def export(name: str | None, out: Path | None, user: str | None) -> int:
    """Write all tasks into a file.

    JSON holds everything, deleted tasks too, and can be imported again without loss. The
    others hold open and done tasks, as far as their form goes.

    Exit codes: 0 written, 1 the database failed, 2 wrong usage or setting, or the file can't
    be written.
    """
    with fast_imports():
        from ....tasks.formats import FORMATS, format_of

    file_format = FORMATS[name] if name else (out and format_of(out.name)) or FORMATS["json"]
    with open_stores(user, reading=True) as opened:
        tasks = opened.stores.archive().everything(opened.owner)
        with progress_bar("Writing", len(tasks)) as advance:
            pieces = file_format.write(_counted(tasks, advance), opened.owner.zone)
            if out is None:
                for piece in pieces:
                    click.echo(piece, nl=False)
            else:
                _write(out, pieces)
    if out is not None:
        click.echo(f"Wrote {len(tasks)} tasks to {out}.", err=True)
    return Exit.ANSWERED


def _counted(tasks: "Iterable[Portable]", advance: Callable[[int], None]) -> "Iterator[Portable]":
    """Yield tasks, and move the progress bar on after each."""
    for task in tasks:
        yield task
        advance(1)


def _write(out: Path, pieces: Iterable[str]) -> None:
    """Write a file that only its owner can read; the old one stays until the new is whole."""
    from ....settings import replace_file

    try:
        replace_file(out, pieces)
    except OSError as error:
        raise InputError(f"{out} can't be written ({error.strerror}).") from error
