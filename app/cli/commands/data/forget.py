"""The command `forget`: remove all that is kept of a user."""

import click

from .... import PROGRAM
from ...confirm_prompt import confirmed, yes_option
from ...exit_codes import Exit
from ...store_context import open_stores


@click.command(epilog=f"Example: {PROGRAM} forget --user ann")
@click.option("--user", required=True, help="Who is to be forgotten.")
@yes_option
def forget(user: str, yes: bool) -> int:
    """Remove all that is kept of a user, for good.

    Exit codes: 0 removed; 1 a database failed, or they are being answered just now; 2 wrong usage
    or setting; 3 it was declined, or nobody could be asked.
    """
    from ....conversations import translated
    from ....runtime import erase_user
    from ...chat import history_path

    with open_stores(user) as opened:
        user_id = opened.owner.user_id
        question = f"Remove all tasks, messages and threads of {user_id} for good?"
        if not confirmed(question, yes=yes):
            return Exit.NEEDS_CONFIRMATION
        with translated(opened.settings):
            erased = erase_user(opened.stores, opened.owner)
        history_path(opened.settings.data_dir, user_id).unlink(missing_ok=True)
    click.echo(
        f"Removed of {user_id}: {erased.tasks} tasks, {erased.events} events, "
        f"{erased.messages} messages in {erased.threads} threads, {erased.checkpoints} "
        f"checkpoints, {erased.calls} model calls."
    )
    return Exit.ANSWERED
