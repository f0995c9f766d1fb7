"""Hold whole sessions in the chat: tasks, confirmations and threads."""

import stat
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Ended, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import says
from tests.fakes.terminal import Terminal

Start = Callable[..., Terminal]

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
