"""Run commands in a pseudo-terminal."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import child_environment
from tests.fakes.terminal import Terminal
from tests.fakes.warm import Warm


@pytest.fixture
def in_terminal(tmp_path: Path, warm: Warm) -> Iterator[Callable[..., Terminal]]:
    """Start a command in a pseudo-terminal; `cold` lets it do its own imports."""
    started: list[Terminal] = []

    def start(*args: str, columns: int = 100, cold: bool = False, **environment: str) -> Terminal:
        child = child_environment(**environment)
        terminal = Terminal(list(args), child, tmp_path, columns, None if cold else warm)
        started.append(terminal)
        return terminal

    yield start
    for terminal in started:
        terminal.close()


@pytest.fixture
def terminal(in_terminal: Callable[..., Terminal]) -> Callable[..., Terminal]:
    """Start the interactive chat in a pseudo-terminal."""

    def start(*args: str, columns: int = 100, cold: bool = False, **environment: str) -> Terminal:
        return in_terminal("chat", *args, columns=columns, cold=cold, **environment)

    return start
