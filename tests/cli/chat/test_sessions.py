"""Hold whole sessions in the chat: without and with models, confirmations, threads, plain."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

from tests.conftest import provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import Enter
from tests.fakes.steps import Held, Stream, calls, says
from tests.fakes.terminal import Terminal

Start = Callable[..., Terminal]

PART = {"candidates": [{"content": {"parts": [{"text": "Half a tho"}], "role": "model"}}]}
HALF = Stream(f"data: {json.dumps(PART)}\r\n\r\n".encode(), hang=20)
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
    chat.send("\r")
    chat.wait_for("> /undo 4")
    chat.say("", "Undid the adding of:\n#6 task 06", "\n#3 task 03")
    chat.send("\x03")
    chat.wait(">\nCtrl-C again, or Ctrl-D, leaves.\n>")
    chat.send("\x03")
    assert chat.end() == 0
    (history,) = (data_dir / "history").iterdir()
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert "+add task 10" in history.read_text()


def test_fifty_tasks_are_confirmed_listed_and_undone(
    terminal: Start, enter: Enter, tmp_path: Path
) -> None:
    (tmp_path / "tasks.txt").write_text("".join(f"task number {n}\n" for n in range(1, 51)))
    enter("import", "tasks.txt")
    chat = terminal(columns=40)
    chat.wait_for_prompt()
    chat.type("/tasks")
    chat.wait("50 tasks")
    assert " 1  task number 1\n" in chat.paper
    assert "50  task number 50\n50 tasks" in chat.screen
    chat.wait_for_prompt()
    chat.type("done 1 2 3")
    chat.wait("This needs your word before it happens:\n- Complete #1 task number 1, #2 task")
    chat.wait_for("Do it? y/n, or say what to do instead:")
    chat.say("not yet", "Declined: not yet")
    chat.type("done 1 2 3")
    chat.wait_for("Do it? y/n, or say what to do instead:")
    chat.say("y", "Completed #3 task number 3")
    chat.say("/undo", "Undid the completion of:")
    chat.send("\x04")
    assert chat.end() == 0


def test_turns_with_models_are_stopped_fail_over_and_are_answered_again(
    terminal: Start, gemini: GeminiServer, groq: GroqServer
) -> None:
    chat = terminal(**provider_environment(gemini, groq), STALL_TIMEOUT="1")
    chat.wait_for_prompt()
    gemini.plays(calls("add_task", title="buy milk"), Held("Added **it**. ", "Anything else?"))
    chat.type("I need milk")
    chat.wait("> I need milk\nadd_task(title='buy milk')\nAdded it.")
    assert "gemini-3.5-flash-lite answers" in chat.screen
    chat.type("/model mistral")
    assert "/model" not in chat.screen
    gemini.let_go()
    chat.wait('Added it. Anything else?\n> /model mistral\nThere is no "mistral"')
    assert 'There is no "mistral" in the model chain; it has gemini, groq.' in chat.screen
    chat.wait_for_prompt()
    gemini.plays(HALF)
    chat.type("Hello")
    chat.wait("Half a tho")
    chat.wait("> Hello\n(Gemini: no answer in time; answered by Groq.)\nHello! How can I help?")
    chat.wait_for_prompt()
    assert "Half a tho" not in chat.screen
    gemini.plays(Held("Half an answer ", "lost"), says("Here again."))
    chat.type("And now?")
    chat.wait("Half an answer")
    chat.send("\x03")
    chat.wait("> And now?\nHalf an answer\nStopped.\n>")
    chat.say("Are you there?", "Here again.")
    groq.plays(says("Second answer."))
    chat.say("/model groq", "From now on groq is asked first.")
    seen = (gemini.calls, groq.calls)
    chat.say("/retry", "Second answer.")
    assert (gemini.calls, groq.calls) == (seen[0], seen[1] + 1)
    assert "Here again." not in str(groq.requests[-1]["body"])
    chat.say("/model usual", "usual order")
    gemini.plays(gemini_api.quota())
    chat.say("Hello", "; answered by Groq.)\nSecond answer.")
    assert "(Gemini: rate limit reached until " in chat.screen
    chat.type("/exit")
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
    again.say("/thread groceries", "Now in the thread groceries.\n> Hello\nHello! How can I help?")
    again.send("\x04")
    assert again.end() == 0


def test_plain_chat_has_no_colours_and_draws_nothing_twice(
    terminal: Start, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(says("Some **bold** words."))
    keys = provider_environment(gemini, groq)
    chat = terminal("--plain", **keys)
    turn = terminal("-m", "Hi", **keys | {"GROQ_API_KEY": ""}, NO_COLOR="1")
    chat.wait_for_prompt()
    chat.say("Hello", "> Hello\nSome **bold** words.")
    chat.say("/model mistral", "There is no")
    chat.type("/exit")
    assert chat.end() == 0
    turn.wait("Warning: GROQ_API_KEY is not set: left out of the chain.\nSome **bold** words.")
    assert "\x1b" not in turn.raw
    assert "\x1b[2m" not in chat.raw
    assert "\x1b[3" not in chat.raw
    assert "answers" not in chat.raw


def test_leaving_before_the_models_are_loaded_is_quick(terminal: Start) -> None:
    chat = terminal(cold=True)
    chat.wait_for_prompt()
    chat.send("\x04")
    assert chat.end() == 0
    assert chat.screen.endswith(">")


def test_message_waits_for_the_models_and_what_fails_to_load_is_a_sentence(
    terminal: Start,
) -> None:
    chat = terminal(cold=True, LOG_FILE="/dev/null/x.log")
    chat.wait_for_prompt()
    chat.say("add milk", 'LOG_FILE is "/dev/null/x.log", but must be')
    assert "loading the models" in chat.raw
    assert '> add milk\nLOG_FILE is "/dev/null/x.log", but must be' in chat.screen
    chat.say("/tasks", "> /tasks\nNo open tasks.")
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
