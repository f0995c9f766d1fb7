"""Find a slash command by what was typed, and list them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches

from ....errors import TaskRelayError
from ..session import ChatSession
from . import model_commands as models
from . import screen_commands as screen
from . import task_commands as tasks
from . import thread_commands as threads
from .command import AfterCommand, SlashCommand

_KEYS = """\
Enter sends, Alt-Enter begins a new line, a paste stays one message.
Up, Down and Ctrl-R find what you said before; Tab completes commands.
Ctrl-C stops an answer; twice at the prompt it leaves, as Ctrl-D does."""


def _show_help(session: ChatSession, argument: str) -> AfterCommand:
    commands = COMMANDS.values()
    session.output.pairs({f"{each.name} {each.usage}".strip(): each.help for each in commands})
    session.output.say(f"\n{_KEYS}")
    return AfterCommand.ASK


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

_ALIASES = {"/quit": "/exit", "/?": "/help"}


@dataclass(frozen=True, slots=True)
class SlashMatch:
    """What was typed: the command and what follows its name, or else a hint for the person."""

    command: SlashCommand | None
    rest: str
    hint: str = ""


def find(line: str) -> SlashMatch:
    """Return the command of a line that begins with a slash."""
    name, _, rest = line.partition(" ")
    name = name.lower()
    command = COMMANDS.get(_ALIASES.get(name, name))
    if command is not None:
        return SlashMatch(command, rest.strip())
    near = get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "See /help."
    return SlashMatch(None, "", f"There is no {name}. {hint}")


def completions(session: ChatSession, typed: str) -> Iterator[tuple[str, str]]:
    """Yield what may take the place of the word that is being typed, each with a hint.

    Args:
        session: The chat.
        typed: The line up to the cursor.
    """
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
