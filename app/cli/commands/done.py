"""The command `done`: mark tasks as done, without any model."""

import click

from ... import PROGRAM
from ...errors import InputError
from ..exit_codes import Exit
from ..store_context import open_stores, user_option


@click.command(epilog=f"Example: {PROGRAM} done 3 4")
@click.argument("ids", nargs=-1, required=True, metavar="NUMBER...")
@user_option
def done(ids: tuple[str, ...], user: str | None) -> int:
    """Mark tasks as done, by the numbers that `tasks` shows.

    A repeating task goes to its next due instead.

    Exit codes: 0 all are done now, 1 one of them is not there or not open (the others are
    done), or the database failed; 2 wrong usage or setting.
    """
    from ...tasks import read_ids

    numbers = read_ids(" ".join(ids))
    if numbers is None:
        raise InputError(f'"{" ".join(ids)}" are no task numbers. For example: done 3 4')
    with open_stores(user) as opened:
        from ...tasks import actions, results

        outcomes = opened.stores.tasks().complete(opened.owner, numbers)
        for outcome in outcomes:
            # What has changed goes to standard output, a refusal to standard error.
            click.echo(results.moved(actions.COMPLETE, [outcome]), err=not outcome.changed)
    return Exit.ANSWERED if all(outcome.changed for outcome in outcomes) else Exit.FAILED
