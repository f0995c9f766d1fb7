"""Run the chat as a process of its own, as a script or a person would."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, child_environment, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.steps import Silence, Stream, calls, says
from tests.fakes.terminal import Terminal

Command = Callable[..., Ended]
KEYS = ["reply", "provider", "model", "user_id", "thread_id", "attempts", "tool_calls"]


def test_bare_machine_adds_and_lists(command: Command) -> None:
    added = command("chat", "-m", "add buy milk due tomorrow")
    assert added.code == 0
    assert added.out.startswith("Added #1 buy milk | due ")
    listed = command("chat", "-m", "list")
    assert listed.out.endswith("End of tasks. 1 in all.\n")
    assert "Traceback" not in added.err + listed.err


def test_notices_go_to_standard_error_and_the_answer_alone_to_standard_output(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota())
    ended = command("chat", "-m", "Hello, how are you?", **provider_environment(gemini, groq))
    assert (ended.code, ended.out) == (0, "Hello! How can I help?\n")
    assert re.fullmatch(
        r"\(Gemini: rate limit reached until [\d:]{8}[^;]*; answered by Groq\.\)\n", ended.err
    )


def test_provider_without_a_key_is_told_once(command: Command, groq: GroqServer) -> None:
    ended = command("chat", "-m", "Hi", GROQ_API_KEY=groq.key, GROQ_BASE_URL=groq.url)
    assert ended.code == 0
    assert ended.err == "Warning: GEMINI_API_KEY is not set: left out of the chain.\n"


def test_json_tells_the_whole_turn(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota())
    groq.plays(calls("add_task", title="Test the failover system"), says("Added #1. ✓"))
    ended = command(
        *("chat", "--json", "--user", "7", "--thread", "work"),
        *("-m", "Add a task to test the failover system"),
        **provider_environment(gemini, groq),
    )
    assert ended.code == 0
    told = json.loads(ended.out)
    assert sorted(told) == sorted(KEYS)
    assert told["reply"] == "Added #1. ✓"
    assert (told["provider"], told["model"]) == ("groq", "openai/gpt-oss-20b")
    assert (told["user_id"], told["thread_id"]) == ("7", "work")
    assert [(a["provider"], a["outcome"], a["kind"]) for a in told["attempts"]] == [
        ("gemini", "failed", "rate_limit"),
        ("groq", "answered", None),
        ("gemini", "skipped", "rate_limit"),
        ("groq", "answered", None),
    ]
    assert all(isinstance(a["duration_ms"], int) for a in told["attempts"])
    assert told["tool_calls"] == [
        {
            "name": "add_task",
            "args": {"title": "Test the failover system"},
            "result": "Added #1 Test the failover system",
        }
    ]


def test_piped_input_is_one_message(command: Command) -> None:
    ended = command("chat", stdin="add one\nadd two\n")
    assert (ended.code, ended.out) == (0, "Added #1 one\nAdded #2 two\n")


def test_piped_input_that_is_no_utf8_is_still_a_message(command: Command) -> None:
    ended = command("chat", stdin=b"add caf\xe9")
    assert (ended.code, ended.out) == (0, "Added #1 caf\ufffd\n")


def test_no_model_and_no_command_is_exit_4(command: Command) -> None:
    ended = command("chat", "-m", "What should I do first?")
    assert ended.code == 4
    assert "I understand only these commands" in ended.out


def test_all_models_failing_is_exit_4_unless_a_command_ran(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.OVERLOADED)
    groq.plays(groq_api.OVERLOADED)
    environment = provider_environment(gemini, groq)
    ended = command("chat", "-m", "Hello", **environment, OFFLINE_FALLBACK="off")
    assert ended.code == 4
    assert ended.out.startswith("No language model could answer (Gemini")
    ended = command("chat", "--json", "-m", "add x", **environment)
    assert ended.code == 0
    told = json.loads(ended.out)
    assert told["provider"] == "offline"
    assert told["reply"].startswith("No language model could answer (Gemini")


def test_wrong_request_is_exit_1(command: Command, gemini: GeminiServer, groq: GroqServer) -> None:
    gemini.plays(gemini_api.error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT"))
    ended = command("chat", "-m", "Hello", **provider_environment(gemini, groq))
    assert ended.code == 1
    assert "refused the request as invalid" in ended.out


WRONG: list[tuple[tuple[str, ...], dict[str, str], str]] = [
    (("-m", "hi"), {"PRIMARY_LLM": "gemni"}, 'PRIMARY_LLM is "gemni", but must be gemini or groq.'),
    (("-m", ""), {}, "The message is empty."),
    ((), {}, "The message is empty."),
    (("-m", "hi", "--user", ""), {}, "A user id must not be empty."),
    (("-m", "hi", "--thread", "a\nb"), {}, "A thread id must be printable text on one line."),
    (("--nonsense",), {}, "No such option"),
    (("-m", "hi"), {"LOG_FILE": "/dev/null/x.log"}, 'LOG_FILE is "/dev/null/x.log", but must be'),
]


@pytest.mark.parametrize(("args", "environment", "sentence"), WRONG)
def test_wrong_usage_or_setting_is_exit_2_and_a_sentence(
    command: Command, args: tuple[str, ...], environment: dict[str, str], sentence: str
) -> None:
    ended = command("chat", *args, **environment)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(sentence)
    as_json = command("chat", "--json", *args, **environment)
    assert as_json.code == 2
    told = json.loads(as_json.out)
    assert sorted(told) == sorted(KEYS)
    assert told["reply"].startswith(sentence)
    assert "Traceback" not in ended.err + as_json.err


def test_broken_database_is_exit_1_and_a_sentence(command: Command, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "tasks.db").write_bytes(b"no database" * 200)
    ended = command("chat", "-m", "list")
    assert ended.code == 1
    assert "tasks.db failed: file is not a database" in ended.err
    assert "Traceback" not in ended.err
    told = json.loads(command("chat", "--json", "-m", "list").out)
    assert (told["user_id"], told["thread_id"], told["provider"]) == ("local", "main", None)
    assert (data_dir / "tasks.db").read_bytes() == b"no database" * 200


def test_closed_pipe_is_silent_and_exit_141(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    process = subprocess.run(
        [sys.executable, "-m", "app", "chat", "-m", "help"],
        stdin=subprocess.DEVNULL,
        stdout=write_end,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=child_environment(),
        timeout=60,
        check=False,
    )
    os.close(write_end)
    assert process.returncode == 141
    assert b"Traceback" not in process.stderr
    assert b"Broken" not in process.stderr


def test_output_closed_before_the_start_is_no_stack_trace(tmp_path: Path) -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m app chat -m "add x" >&-',
        shell=True,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=child_environment(),
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_interrupt_is_exit_130_and_the_object_is_still_printed(
    tmp_path: Path, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence())
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "chat", "--json", "-m", "Hello"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=child_environment(**provider_environment(gemini, groq)),
    )
    gemini.wait_for_request()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    told = json.loads(out)
    assert (told["reply"], told["user_id"]) == ("Interrupted.", "local")
    assert b"Traceback" not in err


def test_chat_in_a_terminal_answers_until_ctrl_d(terminal: Callable[..., Terminal]) -> None:
    chat = terminal()
    chat.wait("No model is set up, so only plain commands work")
    chat.wait_for_prompt()
    chat.type("add buy milk")
    chat.wait("Added #1 buy milk")
    chat.wait_for_prompt()
    chat.type("list")
    chat.wait("Tasks, as stored:\n#1 buy milk\nEnd of tasks. 1 in all.")
    chat.wait_for_prompt()
    chat.child.sendeof()
    assert chat.end() == 0


def test_chat_tells_a_failover_in_a_quiet_line(
    terminal: Callable[..., Terminal], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota())
    chat = terminal(**provider_environment(gemini, groq))
    chat.wait_for_prompt()
    chat.type("Hello")
    chat.wait("; answered by Groq.)\nHello! How can I help?")
    assert "(Gemini: rate limit reached until " in chat.screen
    chat.wait_for_prompt()
    chat.type("/exit")
    assert chat.end() == 0


def test_abandoned_text_is_replaced_by_the_answer(
    terminal: Callable[..., Terminal], gemini: GeminiServer, groq: GroqServer
) -> None:
    half = {"candidates": [{"content": {"parts": [{"text": "Half a tho"}], "role": "model"}}]}
    frame = f"data: {json.dumps(half)}\r\n\r\n".encode()
    gemini.plays(Stream(frame, hang=20))
    chat = terminal(**provider_environment(gemini, groq), STALL_TIMEOUT="1")
    chat.wait_for_prompt()
    chat.type("Hello")
    chat.wait("Half a tho")
    chat.wait("(Gemini: no answer in time; answered by Groq.)\nHello! How can I help?")
    chat.wait_for_prompt()
    assert "Half a tho" not in chat.screen


def test_tool_calls_are_shown_as_they_run(
    terminal: Callable[..., Terminal], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(calls("add_task", title="buy milk"), says("Added it."))
    chat = terminal(**provider_environment(gemini, groq))
    chat.wait_for_prompt()
    chat.type("I need milk")
    chat.wait("> I need milk\nadd_task(title='buy milk')\nAdded it.")


def test_retry_answers_again_and_model_chooses_who(
    terminal: Callable[..., Terminal], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(calls("add_task", title="buy milk"), says("First answer."))
    groq.plays(says("Second answer."))
    chat = terminal(**provider_environment(gemini, groq))
    chat.wait_for_prompt()
    chat.type("I need milk")
    chat.wait("First answer.")
    chat.wait_for_prompt()
    chat.type("/model mistral")
    chat.wait('There is no "mistral" in the model chain; it has gemini, groq.')
    chat.type("/model groq")
    chat.wait("From now on groq is asked first.")
    chat.type("/retry")
    chat.wait("Second answer.")
    assert (gemini.calls, groq.calls) == (2, 1)
    sent = groq.requests[0]["body"]["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "tool"]
    chat.type("And bread")
    chat.wait("> And bread\nSecond answer.")
    assert (gemini.calls, groq.calls) == (2, 2)
    assert "First answer." not in str(groq.requests[1]["body"])


def test_rejected_key_is_a_loud_warning(
    terminal: Callable[..., Terminal], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.error(403, "denied", "PERMISSION_DENIED"))
    chat = terminal(**provider_environment(gemini, groq) | {"GROQ_API_KEY": "gsk_wrong"})
    chat.wait_for_prompt()
    chat.type("/model groq")
    chat.wait("asked first")
    gemini.plays(says("From Gemini."))
    chat.type("Hello")
    chat.wait("Warning: Groq: key rejected, check GROQ_API_KEY; answered by Gemini.")
    groq.refusals.clear()


def test_ctrl_c_stops_an_answer_and_keeps_the_chat(
    terminal: Callable[..., Terminal], gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(Silence(), says("Here again."))
    chat = terminal(**provider_environment(gemini, groq))
    chat.wait_for_prompt()
    chat.type("Hello")
    gemini.wait_for_request()
    chat.child.sendintr()
    chat.wait("Stopped.")
    chat.wait_for_prompt()
    chat.type("Are you there?")
    chat.wait("Here again.")
    assert groq.calls == 0


def test_answer_cannot_steer_the_terminal(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(says("\x1b[2Jwiped \x07\x9b31m"))
    ended = command("chat", "-m", "Hello", **provider_environment(gemini, groq))
    assert ended.out == "[2Jwiped 31m\n"


def test_help_has_an_example(command: Command) -> None:
    ended = command("chat", "--help")
    assert ended.code == 0
    assert 'Example: python -m app chat -m "add buy milk tomorrow"' in ended.out
    assert "130 interrupted" in " ".join(ended.out.split())
    assert command("--version").out.startswith("task-relay ")


def test_other_users_and_threads_are_apart(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    environment = provider_environment(gemini, groq)
    command("chat", "--user", "alice", "--thread", "t", "-m", "My secret is 42", **environment)
    command("chat", "--user", "bob", "--thread", "t", "-m", "What is it?", **environment)
    assert "42" not in str(gemini.requests[-1]["body"])
    command("chat", "--thread", "t", "-m", "And?", APP_USER="alice", **environment)
    assert "42" in str(gemini.requests[-1]["body"])


THREE = "add a\nadd b\nadd c"


def test_large_change_that_nobody_can_confirm_is_exit_3_unless_yes(
    command: Callable[..., Ended],
) -> None:
    command("chat", "-m", THREE)
    declined = command("chat", "-m", "delete 1 2 3")
    assert declined.code == 3
    assert "Declined: nobody could be asked here; --yes confirms beforehand." in declined.out
    assert command("chat", "--json", stdin="done 1 2 3").code == 3
    assert "3 in all" in command("chat", "-m", "list").out
    confirmed = command("chat", "--yes", "-m", "delete 1 2 3")
    assert (confirmed.code, confirmed.out.splitlines()[0]) == (0, "Deleted #1 a")


@pytest.mark.parametrize(
    ("said", "shown", "code"), [("y", "Deleted #1 a", 0), ("keep them", "Declined: keep them", 3)]
)
def test_one_turn_in_a_terminal_asks(
    command: Callable[..., Ended], tmp_path: Path, said: str, shown: str, code: int
) -> None:
    command("chat", "-m", THREE)
    turn = Terminal(["chat", "-m", "delete 1 2 3"], child_environment(), tmp_path)
    turn.wait("- Delete #1 a, #2 b, #3 c")
    turn.wait("y/n")
    turn.type(said)
    turn.wait(shown)
    assert turn.end() == code


def test_chat_asks_lists_the_tasks_and_takes_other_text_as_the_reason(
    terminal: Callable[..., Terminal],
) -> None:
    chat = terminal()
    for title in "abc":
        chat.wait_for_prompt()
        chat.type(f"add {title}")
    chat.wait("Added #3 c")
    chat.wait_for_prompt()
    chat.type("delete 1 2 3")
    chat.wait("This needs your word before it happens:\n- Delete #1 a, #2 b, #3 c")
    chat.wait("y/n")
    chat.type("only the first")
    chat.wait("Declined: only the first")
    chat.wait_for_prompt()
    chat.type("delete 1 2 3")
    chat.wait_for("Do it? y/n, or say what to do instead:")
    chat.type("y")
    chat.wait("Deleted #3 c")
    chat.wait_for_prompt()
    chat.type("/exit")
    assert chat.end() == 0
