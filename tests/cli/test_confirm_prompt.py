"""Ask for confirmation; no answer means no."""

import io
import sys

import pytest

from app.cli.confirm_prompt import ask_for_decision, confirmed
from tests.fakes.inside import Stream

QUESTION = "Remove it?"


@pytest.mark.parametrize(
    ("line", "decision"),
    [
        *(("y", True), (" YES ", True), ("", False), ("n", False), ("No", False)),
        *(("only #1", "only #1"), ("yes please", "yes please")),
    ],
)
def test_decision_is_yes_no_or_a_reason_to_decline(line: str, decision: bool | str) -> None:
    asked: list[str] = []

    def prompt(question: str) -> str:
        asked.append(question)
        return line

    assert ask_for_decision(prompt) == decision
    assert asked == ["Do it? y/n, or say what to do instead: "]


@pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
def test_leaving_the_question_declines(error: type[BaseException]) -> None:
    def leave(question: str) -> str:
        raise error

    assert ask_for_decision(leave) is False


def test_yes_beforehand_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert confirmed(QUESTION, yes=True)


def test_without_a_terminal_it_is_no_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert not confirmed(QUESTION, yes=False, otherwise="Nothing was removed")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Nothing was removed: nobody can be asked here; add --yes.\n"


@pytest.mark.parametrize(("line", "answer"), [("y", True), ("", False), ("n", False)])
def test_at_a_terminal_the_person_decides_and_enter_is_no(
    monkeypatch: pytest.MonkeyPatch, line: str, answer: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Stream(True, f"{line}\n".encode()))
    assert confirmed(QUESTION, yes=False) is answer
