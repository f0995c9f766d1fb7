"""See whole screens of the chat, wide and narrow, as a person would."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, provider_environment
from tests.fakes import gemini as gemini_api
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
    chat.wait("The database ")
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


TEN = "\n".join(f"add task {n:02} due 2020-01-{n:02} #home" for n in range(1, 11))


def test_session_without_any_model(terminal: Start, data_dir: Path) -> None:
    chat = terminal(columns=40, APP_TIMEZONE="UTC")
    chat.wait_for_prompt()
    assert chat.screen.count("\n") == 7
    for words in ("plain commands work", "GEMINI_API_KEY", "aistudio.google.com", "GROQ_API_KEY"):
        assert words in chat.screen.replace("\n", " ")
    chat.type("/tasks")
    chat.wait("No open tasks.")
    chat.type("/taks")
    chat.wait("There is no /taks. Did you mean /tasks?")
    chat.wait_for_prompt()
    chat.send(f"\x1b[200~{TEN}\x1b[201~")
    chat.wait("add task 10 due 2020-01-10 #home")
    chat.send("\r")
    chat.wait("Added #10 task 10")
    chat.wait_for_prompt()
    chat.type("/tasks")
    chat.wait("10 tasks")
    assert " 7  task 07  2020-01-07\n    #home    overdue\n" in chat.screen
    assert "10 tasks, 10 overdue" in chat.screen
    assert chat.styles_of("2020-01-10") == {"red", "thin"}
    chat.type("/undo 4")
    chat.wait("Undid the adding of:\n#7 task 07")
    chat.wait_for_prompt()
    chat.type("/tasks next month")
    chat.wait("No tasks found.")
    chat.type("/tasks task 03")
    chat.wait("1 task, 1 overdue")
    chat.wait_for_prompt()
    chat.send("/th")
    chat.wait("/thread ")
    chat.send("\x03")
    chat.wait("Ctrl-C again, or Ctrl-D, leaves.")
    chat.wait_for_prompt()
    chat.send("\x1b[A")
    chat.wait_for("> /tasks task 03")
    chat.send("\x12undo")
    chat.wait("/undo 4")
    chat.send("\x1b\r")
    chat.send("\x03\x03")
    assert chat.end() == 0
    (history,) = (data_dir / "history").iterdir()
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert "+add task 10" in history.read_text()


def test_fifty_tasks_are_confirmed_listed_and_undone(
    terminal: Start, command: Callable[..., Ended]
) -> None:
    for begin in (1, 26):
        lines = [f"add task number {n}" for n in range(begin, begin + 25)]
        assert command("chat", "-m", "\n".join(lines)).code == 0
    chat = terminal(columns=40)
    chat.wait_for_prompt()
    chat.type("/tasks")
    chat.wait("50 tasks")
    assert " 1  task number 1\n" in chat.paper
    assert "50  task number 50\n50 tasks" in chat.screen
    chat.type("done 1 2 3")
    chat.wait("- Complete #1 task number 1, #2 task")
    chat.wait("Do it? y/n, or say what to do instead:")
    chat.type("not yet")
    chat.wait("Declined: not yet")
    chat.wait_for_prompt()
    chat.type("done 1 2 3")
    chat.wait("Do it? y/n, or say what to do instead:")
    chat.type("y")
    chat.wait("Completed #3 task number 3")
    chat.wait_for_prompt()
    chat.type("/undo")
    chat.wait("Undid the completion of:")
    chat.wait_for_prompt()
    chat.send("\x04")
    assert chat.end() == 0


def test_threads_are_opened_where_they_stood(
    terminal: Start, gemini: GeminiServer, groq: GroqServer, tmp_path: Path
) -> None:
    keys = provider_environment(gemini, groq)
    gemini.plays(says("Noted: **oats**."))
    chat = terminal(**keys)
    chat.wait_for_prompt()
    chat.send("I need oats\x1b\rand milk\r")
    chat.wait("Noted: oats.")
    chat.wait_for_prompt()
    chat.type("/new groceries")
    chat.wait("Now in the new thread groceries.")
    chat.type("/export")
    chat.wait("Nothing has been said in the thread groceries yet.")
    gemini.plays(gemini_api.quota(3000))
    chat.type("Hello")
    chat.wait("Hello! How can I help?")
    chat.wait_for_prompt()
    chat.type("/model")
    chat.wait("spared until")
    chat.wait("The last answer came from groq openai/gpt-oss-20b.")
    chat.type("/threads")
    chat.wait("* groceries  2 messages")
    chat.type("/export out.md")
    chat.wait("Wrote 2 messages to out.md")
    assert "Hello! How can I help?" in (tmp_path / "out.md").read_text()
    chat.type("/export out.md")
    chat.wait("out.md is there already.")
    chat.type("/status")
    chat.wait("groceries (2 messages)")
    chat.wait("tokens/minute left")
    chat.type("/exit")
    assert chat.end() == 0
    again = terminal(**keys)
    again.wait("> I need oats\nand milk\nNoted: **oats**.\n>")
    again.type("/thread groceries")
    again.wait("Now in the thread groceries.\n> Hello\nHello! How can I help?")
    again.send("\x04")
    assert again.end() == 0
