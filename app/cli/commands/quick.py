"""The commands `add`, `done` and `undo`: the quick path, without any model."""

from typing import TYPE_CHECKING

import click

from ...errors import InputError
from ..exit_codes import Exit
from ..store_context import opened, user_option

if TYPE_CHECKING:
    from ...tasks import Outcome


@click.command(epilog='Example: python -m app add "Pay rent friday !high #home"')
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

    said = read_task(" ".join(words).strip())
    if said is None:
        raise InputError('There is no title. For example: python -m app add "Buy milk tomorrow"')
    with opened(user) as here:
        from ...tasks import results, task_line

        service = here.stores.tasks()
        task, new = service.add(here.owner, said.title, allow_duplicate=again, **said.fields)
        if new:
            click.echo(results.added(task, new, service.waiting(here.owner)))
        else:
            told = f"Already there, nothing added: {task_line(task)}"
            click.echo(f"{told}. Add a second one with --again.", err=True)
    return Exit.ANSWERED


@click.command(epilog="Example: python -m app done 3 4")
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
    with opened(user) as here:
        answers = here.stores.tasks().complete(here.owner, numbers)
        for answer in answers:
            _tell(answer)
    return Exit.ANSWERED if all(one.changed for one in answers) else Exit.FAILED


@click.command(epilog="Example: python -m app undo")
@click.argument("steps", type=click.IntRange(1, 50), default=1, metavar="[STEPS]")
@user_option
def undo(steps: int, user: str | None) -> int:
    """Take back the last change to your tasks, or the last few; in whichever way it was made.

    Exit codes: 0 undone, 1 there was nothing to undo, or the database failed; 2 wrong usage
    or setting.
    """
    with opened(user) as here:
        from ...tasks import results

        service = here.stores.tasks()
        undone = service.undo(here.owner, steps)
        click.echo(results.undone(undone, service.waiting(here.owner)))
    return Exit.ANSWERED


def _tell(answer: "Outcome") -> None:
    """Tell whether a task was completed: a change on standard output, a refusal on the other."""
    from ...tasks import actions, results

    click.echo(results.moved(actions.COMPLETE, [answer]), err=not answer.changed)
