"""The commands on tasks, which need no model: `/tasks` and `/undo`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ....intake import shown
from ...output import LIST_WORDS, every_page
from ..session import ChatSession
from .command import AfterCommand, SlashCommand

if TYPE_CHECKING:
    from ....tasks import ListQuery


def _show_tasks(session: ChatSession, argument: str) -> AfterCommand:
    from ....errors import TaskRefusal
    from ...output import tasks_table

    owner, service = session.owner, session.stores().tasks()
    wanted, words = _read_filter(argument)
    try:
        page = every_page(service, owner, {"when": words} | wanted)
    except TaskRefusal:  # no day or span, so words to look for
        page = every_page(service, owner, {"text": words} | wanted)
    if not page.tasks:
        late = f" {page.overdue} overdue: /tasks overdue" if page.overdue else ""
        session.output.say(f"No tasks found.{late}" if argument else "No open tasks.", "dim")
        return AfterCommand.ASK
    now = session.clock.now().astimezone(session.zone)
    for part in tasks_table(page, now, session.output.console.width):
        session.output.print(part)
    return AfterCommand.ASK


def _undo(session: ChatSession, argument: str) -> AfterCommand:
    from ....errors import InputError
    from ....tasks import results

    if argument and not argument.isdecimal():
        raise InputError("/undo takes a number of steps: /undo, or /undo 3.")
    service = session.stores().tasks()
    undone = service.undo(session.owner, int(argument or 1))
    session.output.say(shown(results.undone(undone, service.waiting(session.owner))))
    return AfterCommand.ASK


def _read_filter(argument: str) -> "tuple[ListQuery, str]":
    """Read a filter: `#tag`s and one of the words of a list; return it and what is left."""
    wanted: ListQuery = {}
    words = []
    for word in argument.split():
        if word.startswith("#") and len(word) > 1:
            wanted["tag"] = word[1:]
        elif word.lower() in LIST_WORDS and "when" not in wanted and "status" not in wanted:
            wanted["status" if word.lower() == "all" else "when"] = word.lower()
        else:
            words.append(word)
    return wanted, " ".join(words)


def _list_words(session: ChatSession) -> Iterable[str]:
    return LIST_WORDS


COMMANDS = (
    SlashCommand(
        "/tasks",
        "[FILTER]",
        "list: today, next month, #home, words",
        _show_tasks,
        _list_words,
    ),
    SlashCommand("/undo", "[STEPS]", "take back the last change", _undo),
)
