"""Ask a person for a line, with history, editing and completion."""

from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth

from ...settings import private_file
from .history_file import history_path

_MENU_LINES = 6

Completions = Callable[[str], Iterable[tuple[str, str]]]
"""Gives what may take the place of the word being typed, each with a hint, for a line."""

Meanwhile = tuple[Coroutine[Any, Any, str], Callable[[str], None]]
"""Work that finds a text while the prompt waits, and what shows the text above the prompt."""


class Prompt:
    """The chat's prompt.

    Enter sends, Alt-Enter begins a new line, and a paste of many lines stays one message.

    Args:
        data_dir: Where the history of each user is kept, for their eyes only.
        user: Whose history.
        completions: Completes lines that begin with a slash.
        plain: Whether to do without colours.
    """

    def __init__(self, data_dir: Path, user: str, completions: Completions, plain: bool) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=_history(data_dir, user),
            completer=SlashCompleter(completions),
            complete_while_typing=Condition(_begins_with_a_slash),
            key_bindings=_keys(),
            prompt_continuation="  ",
            reserve_space_for_menu=_MENU_LINES,
            color_depth=ColorDepth.MONOCHROME if plain else None,
        )
        self._confirming: PromptSession[str] = PromptSession()

    def ask(self, meanwhile: Meanwhile | None = None) -> str:
        """Return what the person says.

        Args:
            meanwhile: Work whose text is shown above the prompt; it is stopped when the
                person sends a line before it is done.

        Raises:
            KeyboardInterrupt: They pressed Ctrl-C.
            EOFError: They pressed Ctrl-D.
        """

        def begin() -> None:
            if meanwhile is not None:
                get_app().create_background_task(_print_above(*meanwhile))

        try:
            return self._session.prompt("> ", pre_run=begin)
        finally:
            if meanwhile is not None:
                meanwhile[0].close()

    def confirm(self, question: str) -> str:
        """Return the answer to a question, which no history keeps; raises as `ask` does."""
        return self._confirming.prompt(question)


async def _print_above(work: Coroutine[Any, Any, str], show: Callable[[str], None]) -> None:
    text = await work
    if text:
        async with in_terminal():
            show(text)


class SlashCompleter(Completer):
    """Completes lines that begin with a slash, and no others.

    Args:
        completions: Gives what may take the place of the word being typed.
    """

    def __init__(self, completions: Completions) -> None:
        self._completions = completions

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what may take the place of the word before the cursor.

        Args:
            document: The line, and where the cursor is.
            complete_event: What asks for it.
        """
        typed = document.text_before_cursor
        if not typed.startswith("/") or "\n" in typed:
            return
        word = typed.partition(" ")[2] if " " in typed else typed
        for text, hint in self._completions(typed):
            yield Completion(text, start_position=-len(word), display_meta=hint)


class PrivateHistory(FileHistory):
    """A history file; a full disk loses the line and does not stop the chat."""

    def store_string(self, string: str) -> None:
        """Append a line to the file."""
        with suppress(OSError):
            super().store_string(string)


def _history(data_dir: Path, user: str) -> History:
    file = history_path(data_dir, user)
    try:
        private_file(file)
    except OSError:
        return InMemoryHistory()
    return PrivateHistory(str(file))


def _begins_with_a_slash() -> bool:
    return get_app().current_buffer.text.startswith("/")


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
