"""The commands on tasks, which need no model: `/tasks` and `/undo`."""

from typing import TYPE_CHECKING

from ...output.notices import printable
from ...output.task_pages import WHENS, every_page
from ..session import Session
from .command import Next, SlashCommand

if TYPE_CHECKING:
    from ....tasks import ListQuery


def _show_tasks(session: Session, said: str) -> Next:
    from ....errors import TaskRefusal
    from ...output.task_table import table

    owner, service = session.owner, session.stores().tasks()
    wanted, words = _wanted(said)
    try:
        page = every_page(service, owner, {"when": words} | wanted)
    except TaskRefusal:  # no day or span, so words to look for
        page = every_page(service, owner, {"text": words} | wanted)
    if not page.tasks:
        session.output.say("No tasks found." if said else "No open tasks.", "dim")
        return Next.ASK
    now = session.clock.now().astimezone(session.zone)
    for drawn in table(page, now, session.output.console.width):
        session.output.print(drawn)
    return Next.ASK


def _undo(session: Session, said: str) -> Next:
    from ....errors import InputError
    from ....tasks import results

    if said and not said.isdecimal():
        raise InputError("/undo takes a number of steps: /undo, or /undo 3.")
    service = session.stores().tasks()
    undone = service.undo(session.owner, int(said or 1))
    session.output.say(printable(results.undone(undone, service.waiting(session.owner))))
    return Next.ASK


def _wanted(said: str) -> "tuple[ListQuery, str]":
    """Read a filter: `#tag`s and one of the words of a list; return it and what is left."""
    wanted: ListQuery = {}
    words = []
    for word in said.split():
        if word.startswith("#") and len(word) > 1:
            wanted["tag"] = word[1:]
        elif word.lower() in WHENS and "when" not in wanted and "status" not in wanted:
            wanted["status" if word.lower() == "all" else "when"] = word.lower()
        else:
            words.append(word)
    return wanted, " ".join(words)


COMMANDS = (
    SlashCommand(
        "/tasks", "[FILTER]", "list: today, next month, #home, words", _show_tasks, lambda _: WHENS
    ),
    SlashCommand("/undo", "[STEPS]", "take back the last change", _undo),
)
