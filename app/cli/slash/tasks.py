"""The commands on tasks, which need no model: `/tasks` and `/undo`."""

from datetime import datetime
from typing import TYPE_CHECKING

from app.cli.screen import printable
from app.cli.session import Session
from app.cli.slash.command import Next, SlashCommand

if TYPE_CHECKING:
    from app.tasks import Page, Task, Wanted

_WHENS = ("today", "overdue", "week", "upcoming", "all")
_MOST = 200
"""Tasks that are shown at once; nobody reads more of them in a chat."""


def _show_tasks(session: Session, said: str) -> Next:
    from rich.table import Table
    from rich.text import Text

    wanted = _wanted(said)
    owner, service = session.owner, session.stores().tasks()
    page = service.find(owner, **wanted)
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim")
    shown = 0
    while page.tasks and shown < _MOST:
        for task in page.tasks:
            number, _, line = _line(page, task).partition(" ")
            table.add_row(number, Text(line, _style(session, task)))
        shown += len(page.tasks)
        page = service.find(owner, offset=shown, **wanted)
    if not shown:
        session.output.say("No tasks found." if said else "No open tasks.", "dim")
        return Next.ASK
    session.output.print(table)
    more = f", {shown} shown" if shown < page.total else ""
    session.output.say(f"{page.total} task{'s' * (page.total != 1)}{more}", "dim")
    return Next.ASK


def _undo(session: Session, said: str) -> Next:
    from app.errors import InputError
    from app.tasks import results

    if said and not said.isdecimal():
        raise InputError("/undo takes a number of steps: /undo, or /undo 3.")
    service = session.stores().tasks()
    undone = service.undo(session.owner, int(said or 1))
    session.output.say(printable(results.undone(undone, service.waiting(session.owner))))
    return Next.ASK


def _wanted(said: str) -> "Wanted":
    """Read a filter: `#tag`s and one of the words of a list; everything else is searched for."""
    wanted: Wanted = {}
    words = []
    for word in said.split():
        if word.startswith("#") and len(word) > 1:
            wanted["tag"] = word[1:]
        elif word.lower() in _WHENS and "when" not in wanted and "status" not in wanted:
            wanted["status" if word.lower() == "all" else "when"] = word.lower()
        else:
            words.append(word)
    if words:
        wanted["text"] = " ".join(words)
    return wanted


def _line(page: "Page", task: "Task") -> str:
    from app.tasks import task_line

    return printable(task_line(task, page.blockers.get(task.id, ())))


def _style(session: Session, task: "Task") -> str:
    from app.tasks import Priority, Status

    if task.status is not Status.OPEN:
        return "dim"
    now = session.clock.now().astimezone(session.zone)
    late = task.due is not None and (
        task.due < now if isinstance(task.due, datetime) else task.due < now.date()
    )
    return " ".join(["bold"] * (task.priority is Priority.HIGH) + ["red"] * late)


COMMANDS = (
    SlashCommand(
        "/tasks", "[FILTER]", "list: today, #home, words ...", _show_tasks, lambda _: _WHENS
    ),
    SlashCommand("/undo", "[STEPS]", "take back the last change", _undo),
)
