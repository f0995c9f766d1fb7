"""Say where the chat writes, and how wide that is."""

import inspect
import sys

import pytest
from rich.console import Console

from app.cli.output.console import Output, is_plain
from app.cli.output.tables import page_width, use_colours
from tests.fakes.inside import Stream


def terminal_as_output(monkeypatch: pytest.MonkeyPatch) -> Stream:
    """Put a terminal in the place of standard output."""
    stream = Stream(True)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


def test_output_is_plain_where_it_is_asked_for_or_colours_are_unwanted_or_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = terminal_as_output(monkeypatch)
    assert (is_plain(False), use_colours(False)) == (False, True)
    assert (is_plain(True), use_colours(True)) == (True, False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert (is_plain(False), use_colours(False)) == (True, False)
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("TERM", "dumb")
    assert (is_plain(False), use_colours(False)) == (True, False)
    monkeypatch.setenv("TERM", "xterm")
    terminal.terminal = False
    assert (is_plain(False), use_colours(False)) == (True, False)


def test_page_without_a_terminal_is_as_wide_as_columns_says_or_without_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = terminal_as_output(monkeypatch)
    terminal.terminal = False
    assert page_width() == 5_000
    for given, width in (("33", 33), ("7", 20), ("wide", 5_000)):
        monkeypatch.setenv("COLUMNS", given)
        assert page_width() == width


def test_chat_takes_its_width_from_the_window_and_not_from_variables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal_as_output(monkeypatch)
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("LINES", "7")
    assert tuple(Output(plain=True).console.size) != (33, 7)


def test_rich_still_takes_the_environment_that_a_console_is_to_see() -> None:
    assert "_environ" in inspect.signature(Console.__init__).parameters, (
        "rich.console.Console takes no `_environ` any more, which keeps COLUMNS and LINES from "
        "fixing the chat's width: app/cli/output/console.py needs another way."
    )
