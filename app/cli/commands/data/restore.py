"""The command `restore`: put a backup in the place of what is there now."""

from pathlib import Path

import click

from .... import PROGRAM
from ...confirm_prompt import confirmed, yes_option
from ...exit_codes import Exit
from ...settings_loading import load_settings


@click.command(epilog=f"Example: {PROGRAM} restore tasks.zip")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@yes_option
def restore(file: Path, yes: bool) -> int:
    """Put a backup in the place of what is there now.

    Exit codes: 0 restored, 1 a database failed, 2 wrong usage or setting, or the file is no whole
    backup; 3 it was declined, or nobody could be asked.
    """
    from ....runtime import database_exists, restore_backup

    settings = load_settings()
    question = "Overwrite all tasks and conversations that are there now?"
    if database_exists(settings) and not confirmed(question, yes=yes):
        return Exit.NEEDS_CONFIRMATION
    restore_backup(settings, file)
    click.echo(f"Restored from {file}.")
    return Exit.ANSWERED
