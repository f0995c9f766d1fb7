"""See whole screens of the chat, wide and narrow, as a person would."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import provider_environment
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Held, Silence, Stream, calls, says
from tests.fakes.terminal import Terminal

Start = Callable[..., Terminal]
LONG = "\n\n".join(f"Paragraph {n} of a long answer." for n in range(1, 31))


def half(text: str) -> Stream:
    """Send a part of an answer of Gemini, and fall silent."""
    part = {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}}]}
    return Stream(f"data: {json.dumps(part)}\r\n\r\n".encode(), hang=20)


def test_first_start_without_keys_says_in_three_lines_how_to_get_them(terminal: Start) -> None:
    chat = terminal(columns=80)
    chat.wait_for_prompt()
    no_model, where, how, prompt = chat.screen.split("\n")
    assert "only plain commands work" in no_model
    assert "aistudio.google.com" in where
    assert "console.groq.com" in where
    assert "config set GEMINI_API_KEY -" in how
    assert prompt == ">"


@pytest.mark.parametrize("columns", [80, 40])
def test_answer_grows_as_markdown_and_stays_when_it_is_whole(
    terminal: Start, gemini: GeminiServer, groq: GroqServer, columns: int
) -> None:
    first = "## Plan\n\n1. Buy **oat milk**\n2. 牛乳を買う\n\nשלם 🚀 `fix <b>`\nand "
    gemini.plays(Held(first, "| a | b |\n"), says(LONG))
    chat = terminal(columns=columns, **provider_environment(gemini, groq))
    chat.wait_for_prompt()
    chat.type("What now?")
    chat.wait("gemini-3.5-flash-lite answers")
    assert "loading the models" in chat.raw
    plan = "> What now?\nPlan\n\n 1 Buy oat milk\n 2 牛乳を買う\n\nשלם 🚀 fix <b>\nand"
    assert plan in chat.screen
    assert chat.styles_of("oat milk") == {"default", "bold"}
    chat.type("typed meanwhile")
    gemini.let_go()
    chat.wait("Paragraph 30")
    chat.wait_for_prompt()
    assert chat.paper.endswith(f"{plan} | a | b |\n> typed meanwhile\n{LONG}\n>")
    assert chat.paper.count("Paragraph 7 ") == 1


def test_answer_longer_than_the_screen_is_in_the_scrollback_once(
    terminal: Start, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Held(f"{LONG}\n\nand ", "the end"))
    chat = terminal(columns=80, **provider_environment(gemini, groq))
    chat.wait_for_prompt()
    chat.type("Tell me more")
    chat.wait("gemini-3.5-flash-lite answers")
    gemini.let_go()
    chat.wait_for_prompt()
    assert chat.paper.endswith(f"> Tell me more\n{LONG}\n\nand the end\n>")
    assert chat.paper.count("Paragraph 29 ") == 1
    assert "answers" not in chat.paper


def test_text_of_a_model_that_breaks_off_is_replaced_however_long_it_was(
    terminal: Start, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(half(LONG), half("Half a tho"))
    chat = terminal(columns=40, **provider_environment(gemini, groq), STALL_TIMEOUT="1")
    chat.wait_for_prompt()
    chat.type("Tell me more")
    chat.wait("Paragraph 30")
    chat.wait("Hello! How can I help?")
    chat.wait_for_prompt()
    assert "Paragraph" not in chat.screen
    shown = chat.screen.split("> Tell me more\n")[1]
    assert shown == (
        "(gemini broke off; the beginning of an\nanswer further up doesn't count.)\n"
        "(Gemini: no answer in time; answered by\nGroq.)\nHello! How can I help?\n>"
    )
    chat.type("Again")
    chat.wait("Half a tho")
    chat.wait_until("Half a tho")
    chat.wait_for_prompt()
    assert "further up" not in chat.screen.split("> Again")[1]


def test_dead_model_is_named_with_the_seconds_and_ctrl_c_keeps_what_came(
    terminal: Start, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence(), Held("Half an answer ", "lost"), calls("list_tasks"), says("None."))
    chat = terminal(columns=40, **provider_environment(gemini, groq), FIRST_TOKEN_TIMEOUT="2")
    chat.wait_for_prompt()
    chat.type("Hello")
    chat.wait("asking gemini-3.5-flash-lite 1 s")
    chat.wait("Hello! How can I help?")
    chat.wait_for_prompt()
    chat.type("Once more")
    chat.wait("Half an answer")
    chat.child.sendintr()
    chat.wait_for_prompt()
    assert chat.screen.endswith("> Once more\nHalf an answer\nStopped.\n>")
    chat.type("What is left?")
    chat.wait("None.")
    chat.wait_for_prompt()
    assert chat.screen.endswith("> What is left?\nlist_tasks()\nNone.\n>")
    chat.type("/exit")
    assert chat.end() == 0


def test_window_that_shrinks_in_the_middle_of_an_answer_shows_it_once(
    terminal: Start, gemini: GeminiServer, groq: GroqServer
) -> None:
    words = " ".join(f"word{n:02}" for n in range(30))
    gemini.plays(Held(f"{words} ", "the end"))
    chat = terminal(columns=80, **provider_environment(gemini, groq))
    chat.wait_for_prompt()
    chat.type("Talk")
    chat.wait("word29")
    chat.resize(40, 12)
    chat.wait("word25 word26 word27 word28 word29\n")
    assert chat.screen.count("word28") == 1
    gemini.let_go()
    chat.wait("word29 the\nend")
    chat.wait_for_prompt()
    assert chat.screen.startswith("> Talk\nword00 word01")
    assert chat.screen.split().count("word00") == 1


def test_leaving_before_the_models_are_loaded_is_quick_and_what_fails_to_load_is_a_sentence(
    terminal: Start,
) -> None:
    chat = terminal()
    chat.wait_for_prompt()
    chat.send("\x04")
    assert chat.end() == 0
    assert chat.screen.endswith(">")
    chat = terminal(LOG_FILE="/dev/null/x.log")
    chat.wait_for_prompt()
    chat.type("add milk")
    chat.wait('> add milk\nLOG_FILE is "/dev/null/x.log", but must be')
    chat.wait_for_prompt()
    chat.type("/tasks")
    chat.wait("> /tasks\nNo open tasks.")
    chat.send("\x04")
    assert chat.end() == 0


def test_data_that_cannot_be_kept_is_a_sentence_above_the_prompt(
    terminal: Start, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    chat = terminal(APP_DATA_DIR=f"{tmp_path}/file/data")
    chat.wait("The database")
    chat.wait_for_prompt()
    assert "Traceback" not in chat.raw
    chat.send("\x04")
    assert chat.end() == 0


def test_no_colours_and_nothing_drawn_twice_where_a_person_wants_it_plain(
    terminal: Start, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(says("Some **bold** words."))
    gone = {"GROQ_API_KEY": ""}
    for args, more in ((("--plain",), {}), ((), {"NO_COLOR": "1"})):
        chat = terminal(*args, **provider_environment(gemini, groq), **more)
        chat.wait_for_prompt()
        chat.type("Hello")
        chat.wait("> Hello\nSome **bold** words.")
        chat.wait_for_prompt()
        chat.type("/model mistral")
        chat.wait("There is no")
        chat.type("/exit")
        assert chat.end() == 0
        turn = terminal(*args, "-m", "Hi", **provider_environment(gemini, groq) | gone, **more)
        turn.wait("Warning: GROQ_API_KEY is not set: left out of the chain.\nSome **bold** words.")
        assert "\x1b" not in turn.raw
        assert "\x1b[2m" not in chat.raw
        assert "\x1b[3" not in chat.raw
        assert "answers" not in chat.raw
