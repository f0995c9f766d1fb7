"""Hide what is typed during an answer."""

import io
import os
import pty
import sys
import termios
from collections.abc import Iterator

import pytest

from app.cli.chat.hide_typing import hide_typing


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as standard input."""
    master, slave = pty.openpty()
    with os.fdopen(slave) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield slave
    os.close(master)


def echoes(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_keys_are_hidden_and_shown_again_also_after_an_error(terminal: int) -> None:
    before = termios.tcgetattr(terminal)
    with hide_typing():
        assert not echoes(terminal)
        within = termios.tcgetattr(terminal)
        assert within[3] & termios.ISIG, "Ctrl-C must still stop an answer"
    assert termios.tcgetattr(terminal) == before
    with pytest.raises(KeyboardInterrupt), hide_typing():
        raise KeyboardInterrupt
    assert termios.tcgetattr(terminal) == before


def test_terminal_that_hid_its_keys_before_goes_on_hiding_them(terminal: int) -> None:
    hidden = termios.tcgetattr(terminal)
    hidden[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, hidden)
    with hide_typing():
        pass
    assert not echoes(terminal)


def test_without_a_terminal_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("x"))
    with hide_typing():
        assert sys.stdin.read() == "x"
