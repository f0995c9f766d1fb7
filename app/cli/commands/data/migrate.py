"""The command `migrate`: bring the databases to this version's schema."""

import click

from .... import PROGRAM
from ...exit_codes import Exit
from ...store_context import open_stores


@click.command(epilog=f"Example: {PROGRAM} migrate")
def migrate() -> int:
    """Bring the databases to this version's schema; every command does so when it starts.

    Exit codes: 0 done, 1 a database failed, 2 wrong usage or setting.
    """
    from ....database import HEAD

    with open_stores(None) as opened:
        opened.stores.tasks()
        opened.stores.conversations()
    click.echo(f"The databases are at schema {HEAD}.")
    return Exit.ANSWERED
