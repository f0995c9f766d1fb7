"""The commands `export`, `import` and `purge`: tasks by the file, and for good."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from ...errors import InputError
from ..store_context import fast_imports, opened, user_option

_NAMES = ("json", "csv", "todotxt", "ics")
_LONG = 200
"""Tasks from which on a progress bar is worth its line."""


@click.command(epilog="Example: python -m app export --format csv --out tasks.csv")
@click.option(
    "--format", "name", type=click.Choice(_NAMES), help="Default: as --out ends, or json."
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
        from ...tasks.formats import FORMATS, format_of

    chosen = FORMATS[name] if name else (out and format_of(out.name)) or FORMATS["json"]
    with opened(user) as here:
        portables = here.stores.archive().everything(here.owner)
        with _progress("Writing", len(portables)) as tick:
            pieces = chosen.write(_told(portables, tick), here.owner.zone)
            if out is None:
                for piece in pieces:
                    click.echo(piece, nl=False)
            else:
                _write(out, pieces)
    if out is not None:
        click.echo(f"Wrote {len(portables)} tasks to {out}.", err=True)
    return 0


@click.command("import", epilog="Example: python -m app import tasks.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "name", type=click.Choice(_NAMES), help="Default: as the file ends.")
@user_option
def import_(file: Path, name: str | None, user: str | None) -> int:
    """Bring in the tasks of a file, all of them or none; undo takes them back.

    JSON takes the place of tasks with the same UUID. From the others new tasks are made,
    except for those that are there already in every field.

    Exit codes: 0 brought in, 1 something in the file was refused, or the database failed;
    2 wrong usage or setting, or the file can't be read.
    """
    from uuid import uuid4

    from ...settings import DAY_FIRST
    from ...tasks import RequestContext
    from ...tasks.formats import FORMATS, Reading, format_of

    chosen = FORMATS[name] if name else format_of(file.name)
    if chosen is None:
        raise InputError(f"{file} has no known ending. Add --format, one of {', '.join(_NAMES)}.")
    text = _text_of(file)
    with opened(user) as here:
        said = RequestContext(here.owner, here.clock.now(), here.settings.date_order == DAY_FIRST)
        found = chosen.read(text, Reading(said, uuid4))
        with _progress("Storing", len(found)) as tick:
            archive = here.stores.archive()
            done = archive.bring_in(here.owner, found, upsert=chosen.whole, tick=tick)
    told = (f"{done.added} tasks added", f"{done.updated} updated", f"{done.skipped} unchanged")
    click.echo(f"{', '.join(told)}.")
    return 0


@click.command(epilog="Example: python -m app purge --yes")
@click.option("--yes", is_flag=True, help="Don't ask.")
@user_option
def purge(yes: bool, user: str | None) -> int:
    """Remove deleted tasks for good; neither undo nor reopen brings them back then.

    Exit codes: 0 removed, 1 the database failed, 2 wrong usage or setting, 3 it was declined,
    or nobody could be asked.
    """
    from ..exit_codes import Exit

    with opened(user) as here:
        if not yes:
            if not sys.stdin.isatty():
                click.echo("Nothing was removed: nobody can be asked here; add --yes.", err=True)
                return Exit.NEEDS_CONFIRMATION
            if not click.confirm(f"Remove all deleted tasks of {here.owner.user_id} for good?"):
                return Exit.NEEDS_CONFIRMATION
        click.echo(f"{here.stores.archive().purge(here.owner)} deleted tasks removed for good.")
    return 0


@contextmanager
def _progress(doing: str, length: int) -> Iterator[Any]:
    """Show a progress bar on standard error where it is a terminal and the work is long."""
    if length < _LONG or not sys.stderr.isatty():
        yield lambda count: None
        return
    with click.progressbar(length=length, label=doing, file=sys.stderr) as bar:
        yield bar.update


def _told(items: list[Any], tick: Any) -> Iterator[Any]:
    for item in items:
        yield item
        tick(1)


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"Line {line} of {file} is no UTF-8. Nothing was imported.") from None
    except OSError as error:
        raise InputError(f"{file} can't be read ({error.strerror}).") from None


def _write(out: Path, pieces: Iterable[str]) -> None:
    """Write a file that only its owner can read; the old one stays until the new is whole."""
    from ...settings import replace_file

    try:
        replace_file(out, pieces)
    except OSError as error:
        raise InputError(f"{out} can't be written ({error.strerror}).") from error
