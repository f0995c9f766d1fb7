"""Find a slash command by what was typed, and list them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from ....errors import TaskRelayError
from ..session import Session
from . import model_commands as models
from . import screen_commands as screen
from . import task_commands as tasks
from . import thread_commands as threads
from .command import Next, SlashCommand

_KEYS = """\
Enter sends, Alt-Enter begins a new line, a paste stays one message.
Up, Down and Ctrl-R find what you said before; Tab completes commands.
Ctrl-C stops an answer; twice at the prompt it leaves, as Ctrl-D does."""


def _show_help(session: Session, said: str) -> Next:
    heads = {f"{one.name} {one.usage}".strip(): one.help for one in COMMANDS.values()}
    session.output.pairs(heads)
    session.output.say(f"\n{_KEYS}")
    return Next.ASK


_HELP = SlashCommand("/help", "", "show this", _show_help)

COMMANDS = {
    command.name: command
    for command in (
        _HELP,
        *tasks.COMMANDS,
        *threads.COMMANDS,
        *models.COMMANDS,
        *screen.COMMANDS,
    )
}
"""Every command by its name, in the order of the help."""

_ALSO = {"/quit": "/exit", "/?": "/help"}


@dataclass(frozen=True, slots=True)
class Found:
    """What was typed: the command, or else what to say about it."""

    command: SlashCommand | None
    rest: str
    told: str = ""


def find(said: str) -> Found:
    """Return the command of a line that begins with a slash."""
    name, _, rest = said.partition(" ")
    name = name.lower()
    command = COMMANDS.get(_ALSO.get(name, name))
    if command is not None:
        return Found(command, rest.strip())
    near = get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "See /help."
    return Found(None, "", f"There is no {name}. {hint}")


def completions(session: Session, typed: str) -> Iterator[tuple[str, str]]:
    """Yield what may take the place of the word that is being typed, each with a hint."""
    name, blank, rest = typed.partition(" ")
    if not blank:
        for command in COMMANDS.values():
            if command.name.startswith(name.lower()):
                yield command.name, command.help
    elif name.lower() in COMMANDS and session.loading.stores_done:
        with suppress(TaskRelayError):
            for argument in COMMANDS[name.lower()].arguments(session):
                if argument.lower().startswith(rest.lower()):
                    yield argument, ""
