"""The command `threads`: the threads of a user."""

from dataclasses import asdict

import click

from ... import PROGRAM
from ...intake import shown
from ..confirm_prompt import confirmed, yes_option
from ..exit_codes import Exit
from ..named_thread import key_of_thread
from ..output import json_lines_option, print_json
from ..store_context import StoreContext, open_stores, user_option


@click.command(epilog=f"Example: {PROGRAM} threads --delete work")
@click.option("--delete", metavar="THREAD", help="Remove this thread for good; its tasks stay.")
@yes_option
@json_lines_option
@user_option
def threads(delete: str | None, yes: bool, as_json: bool, user: str | None) -> int:
    """List the threads of a user, the latest first, with the number of messages in each.

    Exit codes: 0 shown, also where there is none, or removed; 1 the database failed, or a message
    in the thread is being answered just now; 2 wrong usage or setting, or no such thread; 3 it was
    declined, or nobody could be asked.
    """
    with open_stores(user, reading=delete is None) as opened:
        if delete is not None:
            return _delete(opened, delete, yes=yes)
        user_id, zone = opened.owner.user_id, opened.owner.zone
        user_threads = opened.stores.transcript().threads(user_id)
        for thread in user_threads:
            if as_json:
                print_json(asdict(thread))
                continue
            count = f"{thread.messages} message{'s' * (thread.messages != 1)}"
            last = f"{thread.last_at.astimezone(zone):%Y-%m-%d %H:%M}"
            click.echo(shown(f"{last}  {thread.name}  ({count})"))
        if not user_threads and not as_json:
            click.echo(f"{user_id} has no threads yet; {PROGRAM} chat begins one.")
    return Exit.ANSWERED


def _delete(opened: StoreContext, name: str, *, yes: bool) -> int:
    """Remove a thread, if the person wants it.

    Args:
        opened: The stores, and whose thread.
        name: What they call it.
        yes: Whether they have confirmed beforehand.
    """
    from ...conversations import translated
    from ...runtime import erase_thread

    stores, owner = opened.stores, opened.owner
    key = key_of_thread(stores.transcript(), owner.user_id, name)
    question = f"Remove all that was said in the thread {name} of {owner.user_id} for good?"
    if not confirmed(shown(question), yes=yes):
        return Exit.NEEDS_CONFIRMATION
    with translated(opened.settings):
        erased = erase_thread(stores, owner, key)
    removed = f"{erased.messages} messages, {erased.checkpoints} checkpoints"
    click.echo(shown(f"Removed of {name}: {removed}."))
    return Exit.ANSWERED
