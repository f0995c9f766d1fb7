"""The command `undo`: take back the last change, without any model."""

import click

from ... import PROGRAM
from ..exit_codes import Exit
from ..store_context import open_stores, user_option


@click.command(epilog=f"Example: {PROGRAM} undo")
@click.argument("steps", type=click.IntRange(1, 50), default=1, metavar="[STEPS]")
@user_option
def undo(steps: int, user: str | None) -> int:
    """Take back the last change to your tasks, or the last few; in whichever way it was made.

    Exit codes: 0 undone, 1 there was nothing to undo, or the database failed; 2 wrong usage
    or setting.
    """
    with open_stores(user) as opened:
        from ...tasks import results

        service = opened.stores.tasks()
        undone = service.undo(opened.owner, steps)
        click.echo(results.undone(undone, service.waiting(opened.owner)))
    return Exit.ANSWERED
