"""The command `backup`: copy tasks and conversations into a file."""

from pathlib import Path

import click

from .... import PROGRAM
from ...exit_codes import Exit
from ...settings_loading import load_settings


@click.command(epilog=f"Example: {PROGRAM} backup tasks.zip")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> int:
    """Copy tasks and conversations into a file, also while they are in use.

    With SQLite the file is a zip, with PostgreSQL what pg_dump writes.

    Exit codes: 0 written, 1 a database or pg_dump failed, 2 wrong usage or setting, or the file
    can't be written.
    """
    from ....runtime import back_up

    back_up(load_settings(), file)
    click.echo(f"Wrote {file}.")
    return Exit.ANSWERED
