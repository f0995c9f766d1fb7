"""The command `purge`: remove deleted tasks for good."""

import click

from .... import PROGRAM
from ...confirm_prompt import confirmed, yes_option
from ...exit_codes import Exit
from ...store_context import open_stores, user_option


@click.command(epilog=f"Example: {PROGRAM} purge --yes")
@yes_option
@user_option
def purge(yes: bool, user: str | None) -> int:
    """Remove deleted tasks for good; neither undo nor reopen brings them back then.

    Exit codes: 0 removed, 1 the database failed, 2 wrong usage or setting, 3 it was declined,
    or nobody could be asked.
    """
    with open_stores(user) as opened:
        question = f"Remove all deleted tasks of {opened.owner.user_id} for good?"
        if not confirmed(question, yes=yes, otherwise="Nothing was removed"):
            return Exit.NEEDS_CONFIRMATION
        count = opened.stores.archive().purge(opened.owner)
        click.echo(f"{count} deleted tasks removed for good.")
    return Exit.ANSWERED
