"""Answer one message and end, as a script has it: text, JSON, exit codes."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, provider_environment
from tests.fakes import gemini as gemini_api
from tests.fakes import groq as groq_api
from tests.fakes.gemini import GeminiServer
from tests.fakes.groq import GroqServer
from tests.fakes.inside import Enter
from tests.fakes.steps import calls, says
from tests.fakes.terminal import Terminal

Command = Callable[..., Ended]
KEYS = ["reply", "provider", "model", "user_id", "thread_id", "attempts", "tool_calls"]


def test_bare_machine_adds_and_lists_and_what_is_no_command_is_exit_4(command: Command) -> None:
    added = command("chat", "-m", "add buy milk due tomorrow")
    assert added.code == 0
    assert added.out.startswith("Added #1 buy milk | due ")
    listed = command("chat", "-m", "list")
    assert listed.out.endswith("End of tasks. 1 in all.\n")
    assert "Traceback" not in added.err + listed.err
    ended = command("chat", "-m", "What should I do first?")
    assert ended.code == 4
    assert "I understand only these commands" in ended.out


def test_notices_go_to_standard_error_and_the_answer_alone_to_standard_output(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    gemini.plays(gemini_api.quota())
    groq.plays(says("\x1b[2JHello \x07\x9b31m"))
    ended = command("chat", "-m", "Hello, how are you?", **provider_environment(gemini, groq))
    assert (ended.code, ended.out) == (0, "\\x1b[2JHello \\x07\\x9b31m\n")
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


def test_piped_input_is_one_message_also_where_it_is_no_utf8(command: Command) -> None:
    ended = command("chat", stdin=b"add one\nadd caf\xe9\n")
    assert (ended.code, ended.out) == (0, "Added #1 one\nAdded #2 caf\ufffd\n")


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


def test_malformed_request_is_exit_1(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    unknown = 'Invalid JSON payload received. Unknown name "x": Cannot find field.'
    gemini.plays(gemini_api.error(400, unknown, "INVALID_ARGUMENT"))
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
]


@pytest.mark.parametrize(("args", "environment", "sentence"), WRONG)
def test_wrong_usage_or_setting_is_exit_2_and_a_sentence(
    enter: Enter, args: tuple[str, ...], environment: dict[str, str], sentence: str
) -> None:
    ended = enter("chat", *args, **environment)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(sentence)
    as_json = enter("chat", "--json", *args, **environment)
    assert as_json.code == 2
    told = json.loads(as_json.out)
    assert sorted(told) == sorted(KEYS)
    assert told["reply"].startswith(sentence)
    assert "Traceback" not in ended.err + as_json.err


def test_log_that_cannot_be_written_is_exit_2_and_a_sentence(command: Command) -> None:
    ended = command("chat", "--json", "-m", "hi", LOG_FILE="/dev/null/x.log")
    assert (ended.code, ended.err) == (2, "")
    assert json.loads(ended.out)["reply"].startswith('LOG_FILE is "/dev/null/x.log", but must be')


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


def test_other_users_and_threads_are_apart(
    command: Command, gemini: GeminiServer, groq: GroqServer
) -> None:
    environment = provider_environment(gemini, groq)
    command("chat", "--user", "alice", "--thread", "t", "-m", "My secret is 42", **environment)
    command("chat", "--user", "bob", "--thread", "t", "-m", "What is it?", **environment)
    assert "42" not in str(gemini.requests[-1]["body"])
    command("chat", "--thread", "t", "-m", "And?", APP_USER="alice", **environment)
    assert "42" in str(gemini.requests[-1]["body"])


def test_large_change_is_declined_unless_somebody_can_be_asked_or_has_said_yes(
    command: Command, in_terminal: Callable[..., Terminal]
) -> None:
    command("chat", "-m", "add a\nadd b\nadd c\nadd d\nadd e\nadd f")
    declined = command("chat", "-m", "delete 1 2 3")
    assert declined.code == 3
    assert "Declined: nobody could be asked here; --yes confirms beforehand." in declined.out
    assert command("chat", "--json", stdin="done 1 2 3").code == 3
    for said, shown, code in (("keep them", "Declined: keep them", 3), ("y", "Deleted #1 a", 0)):
        turn = in_terminal("chat", "-m", "delete 1 2 3")
        turn.wait("- Delete #1 a, #2 b, #3 c")
        turn.wait("y/n")
        turn.type(said)
        turn.wait(shown)
        assert turn.end() == code
    confirmed = command("chat", "--yes", "-m", "delete 4 5 6")
    assert (confirmed.code, confirmed.out.splitlines()[0]) == (0, "Deleted #4 d")


def test_help_has_an_example(enter: Enter) -> None:
    ended = enter("chat", "--help")
    assert ended.code == 0
    assert 'Example: python -m app chat -m "add buy milk tomorrow"' in ended.out
    assert "130 interrupted" in " ".join(ended.out.split())
    assert enter("--version").out.startswith("task-relay ")
