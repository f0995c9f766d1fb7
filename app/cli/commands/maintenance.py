"""The commands `migrate`, `backup`, `restore` and `forget`: what is kept, as a whole."""

import sys
from pathlib import Path

import click

from ..exit_codes import Exit
from ..store_context import opened

_YES = click.option("--yes", is_flag=True, help="Don't ask.")


@click.command(epilog="Example: python -m app migrate")
def migrate() -> int:
    """Bring the databases to this version's schema; every command does so when it starts.

    Exit codes: 0 done, 1 a database failed, 2 wrong usage or setting.
    """
    from ...database import HEAD

    with opened(None) as here:
        here.stores.tasks()
        here.stores.conversations()
    click.echo(f"The databases are at schema {HEAD}.")
    return 0


@click.command(epilog="Example: python -m app backup tasks.zip")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> int:
    """Copy tasks and conversations into a file, also while they are in use.

    With SQLite the file is a zip, with PostgreSQL what pg_dump writes.

    Exit codes: 0 written, 1 a database or pg_dump failed, 2 wrong usage or setting, or the file
    can't be written.
    """
    from ...runtime.backup import back_up
    from ...settings import Settings

    back_up(Settings.load(), file)
    click.echo(f"Wrote {file}.")
    return 0


@click.command(epilog="Example: python -m app restore tasks.zip")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_YES
def restore(file: Path, yes: bool) -> int:
    """Put a backup in the place of what is there now.

    Exit codes: 0 restored, 1 a database failed, 2 wrong usage or setting, or the file is no whole
    backup; 3 it was declined, or nobody could be asked.
    """
    from ...runtime import backup as backups
    from ...settings import Settings

    settings = Settings.load()
    question = "Overwrite all tasks and conversations that are there now?"
    if backups.present(settings) and not _confirmed(yes, question):
        return Exit.NEEDS_CONFIRMATION
    backups.restore(settings, file)
    click.echo(f"Restored from {file}.")
    return 0


@click.command(epilog="Example: python -m app forget --user ann")
@click.option("--user", required=True, help="Who is to be forgotten.")
@_YES
def forget(user: str, yes: bool) -> int:
    """Remove all that is kept of a user, for good.

    Exit codes: 0 removed; 1 a database failed, or they are being answered just now; 2 wrong usage
    or setting; 3 it was declined, or nobody could be asked.
    """
    from ...conversations import translated
    from ...runtime.user_erasure import forget as forget_all
    from ..chat.history_file import typed_file

    with opened(user) as here:
        question = f"Remove all tasks, messages and threads of {here.owner.user_id} for good?"
        if not _confirmed(yes, question):
            return Exit.NEEDS_CONFIRMATION
        with translated(here.settings):
            gone = forget_all(here.stores, here.owner)
        typed_file(here.settings.data_dir, here.owner.user_id).unlink(missing_ok=True)
    click.echo(
        f"Removed of {here.owner.user_id}: {gone.tasks} tasks, {gone.events} events, "
        f"{gone.messages} messages in {gone.threads} threads, {gone.checkpoints} checkpoints, "
        f"{gone.calls} model calls."
    )
    return 0


def _confirmed(yes: bool, question: str) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        click.echo("Nothing was changed: nobody can be asked here; add --yes.", err=True)
        return False
    return click.confirm(question)
