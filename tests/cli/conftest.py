"""Start the interactive chat in a pseudo-terminal."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import child_environment
from tests.fakes.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Start the interactive chat in a pseudo-terminal."""
    started: list[Terminal] = []

    def start(*args: str, columns: int = 100, **environment: str) -> Terminal:
        child = child_environment(**environment)
        started.append(Terminal(["chat", *args], child, tmp_path, columns))
        return started[-1]

    yield start
    for one in started:
        one.child.close(force=True)
