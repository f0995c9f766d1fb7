"""Say what a slash command is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from ..session import ChatSession


class AfterCommand(Enum):
    """What the chat does after a command."""

    ASK = auto()
    ANSWER_AGAIN = auto()
    LEAVE = auto()


def _nothing(session: ChatSession) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """One command: its name, what may follow it, a line of help, what it does.

    `run` gets what was typed after the name. `arguments` gives what may be typed there, for
    completion; it is called while the person types, so it must be quick.
    """

    name: str
    usage: str
    help: str
    run: Callable[[ChatSession, str], AfterCommand]
    arguments: Callable[[ChatSession], Iterable[str]] = _nothing
