"""Ask for lines at a prompt that gets its keys from a test."""

import asyncio
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from app.cli.chat.history_file import history_path
from app.cli.chat.prompt import PrivateHistory, Prompt, SlashCompleter

UP, ALT_ENTER = "\x1b[A", "\x1b\r"


def no_completions(typed: str) -> Iterable[tuple[str, str]]:
    return ()


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    """What is typed."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def prompt(data_dir: Path, user: str = "ann") -> Prompt:
    return Prompt(data_dir, user, no_completions, True)


def test_each_user_has_a_history_file_of_their_own(data_dir: Path) -> None:
    names = ["ann", "bob", "../ann", "a/b", "ANN", ""]
    files = [history_path(data_dir, name) for name in names]
    assert len(set(files)) == len(names)
    assert {file.parent for file in files} == {data_dir / "history"}
    assert all(file.name.isalnum() for file in files)
    assert history_path(data_dir, "ann") == files[0]


def test_line_is_found_again_by_the_next_prompt_of_the_same_user(
    keys: PipeInput, data_dir: Path
) -> None:
    keys.send_text("add milk\r")
    assert prompt(data_dir).ask() == "add milk"
    file = history_path(data_dir, "ann")
    assert "+add milk" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys.send_text(f"{UP}\r")
    assert prompt(data_dir).ask() == "add milk"
    keys.send_text(f"{UP}mine\r")
    assert prompt(data_dir, "bob").ask() == "mine"


def test_answer_to_a_question_is_kept_by_no_history(keys: PipeInput, data_dir: Path) -> None:
    asking = prompt(data_dir)
    keys.send_text("not yet\r")
    assert asking.confirm("Do it? ") == "not yet"
    assert "not yet" not in history_path(data_dir, "ann").read_text()


def test_history_that_cannot_be_kept_costs_no_chat(
    keys: PipeInput, data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    keys.send_text("hello\r")
    assert prompt(tmp_path / "file" / "data").ask() == "hello"
    history = PrivateHistory(str(tmp_path))  # a directory can't be written, as on a full disk
    history.append_string("hello again")
    assert history.get_strings() == ["hello again"]


def test_alt_enter_begins_a_line_and_a_paste_stays_one_message(
    keys: PipeInput, data_dir: Path
) -> None:
    keys.send_text(f"oats{ALT_ENTER}milk\r")
    assert prompt(data_dir).ask() == "oats\nmilk"
    keys.send_text("\x1b[200~one\ntwo\x1b[201~\r")
    assert prompt(data_dir).ask() == "one\ntwo"


def test_ctrl_c_and_ctrl_d_are_told_apart(keys: PipeInput, data_dir: Path) -> None:
    keys.send_text("half\x03")
    with pytest.raises(KeyboardInterrupt):
        prompt(data_dir).ask()
    keys.send_text("\x04")
    with pytest.raises(EOFError):
        prompt(data_dir).ask()


def test_only_a_line_that_begins_with_a_slash_is_completed() -> None:
    asked: list[str] = []

    def completions(typed: str) -> Iterable[tuple[str, str]]:
        asked.append(typed)
        return [("groceries", "a thread")] if " " in typed else [("/thread", "go to a thread")]

    def found(typed: str) -> list[tuple[str, int, str]]:
        completer, event = SlashCompleter(completions), CompleteEvent()
        return [
            (one.text, one.start_position, one.display_meta_text)
            for one in completer.get_completions(Document(typed), event)
        ]

    assert found("/th") == [("/thread", -3, "go to a thread")]
    assert found("/thread gro") == [("groceries", -3, "a thread")]
    assert asked == ["/th", "/thread gro"]
    assert found("a /th") == found("/th\nmore") == found("") == []
    assert asked == ["/th", "/thread gro"]


def test_text_that_is_found_meanwhile_is_shown_and_a_faster_person_is_not_held_up(
    keys: PipeInput, data_dir: Path
) -> None:
    shown: list[str] = []

    async def find() -> str:
        asyncio.get_running_loop().call_later(5, keys.send_text, "never shown\r")
        return "where it stood"

    def show(text: str) -> None:
        shown.append(text)
        keys.send_text("hello\r")

    assert prompt(data_dir).ask((find(), show)) == "hello"
    assert shown == ["where it stood"]

    async def never() -> str:
        await asyncio.Event().wait()
        return "too late"

    keys.send_text("faster\r")
    assert prompt(data_dir).ask((never(), shown.append)) == "faster"
    assert shown == ["where it stood"]
