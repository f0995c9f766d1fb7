"""The command `threads`: the threads of a user."""

from dataclasses import asdict

import click

from ... import PROGRAM
from ..exit_codes import Exit
from ..output import json_lines_option, print_json, printable
from ..store_context import open_stores, user_option


@click.command(epilog=f"Example: {PROGRAM} threads")
@json_lines_option
@user_option
def threads(as_json: bool, user: str | None) -> int:
    """List the threads of a user, the latest first, with the number of messages in each.

    Exit codes: 0 shown, also where there is none; 1 the database failed; 2 wrong usage or
    setting.
    """
    with open_stores(user) as opened:
        user_id, zone = opened.owner.user_id, opened.owner.zone
        user_threads = opened.stores.transcript().threads(user_id)
        for thread in user_threads:
            if as_json:
                print_json(asdict(thread))
                continue
            count = f"{thread.messages} message{'s' * (thread.messages != 1)}"
            last = f"{thread.last_at.astimezone(zone):%Y-%m-%d %H:%M}"
            click.echo(printable(f"{last}  {thread.name}  ({count})"))
        if not user_threads and not as_json:
            click.echo(f"{user_id} has no threads yet; {PROGRAM} chat begins one.")
    return Exit.ANSWERED
