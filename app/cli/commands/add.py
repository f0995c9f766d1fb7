"""The command `add`: add a task, without any model."""

import click

from ... import PROGRAM
from ...errors import InputError
from ..exit_codes import Exit
from ..store_context import open_stores, user_option


@click.command(epilog=f'Example: {PROGRAM} add "Pay rent friday !high #home"')
@click.argument("words", nargs=-1, required=True, metavar="TASK")
@click.option("--again", is_flag=True, help="Also where the same task is open already.")
@user_option
def add(words: tuple[str, ...], again: bool, user: str | None) -> int:
    """Add a task: a title, then when it is due, #tags and !priority.

    The due may follow the word `due`; a plain day at the end needs none.

    Exit codes: 0 added, or the same task was open already; 1 refused, or the database
    failed; 2 wrong usage or setting.
    """
    from ...tasks import read_task

    line = read_task(" ".join(words).strip())
    if line is None:
        raise InputError(f'There is no title. For example: {PROGRAM} add "Buy milk tomorrow"')
    with open_stores(user) as opened:
        from ...tasks import results, task_line

        service = opened.stores.tasks()
        task, is_new = service.add(opened.owner, line.title, allow_duplicate=again, **line.fields)
        if is_new:
            click.echo(results.added(task, is_new, service.waiting(opened.owner)))
        else:
            sentence = f"Already there, nothing added: {task_line(task)}"
            click.echo(f"{sentence}. Add a second one with --again.", err=True)
    return Exit.ANSWERED
