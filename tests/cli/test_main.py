"""Hold the command line together: help, completion, endings."""

import re
from pathlib import Path

import click
import pytest

from app.cli.main import COMMANDS, cli
from app.cli.shell_completion import SHELLS, install
from app.errors import InputError
from tests.fakes.inside import Enter


def commands() -> dict[str, click.Command]:
    """Return all commands and their subcommands, by what one types."""
    found: dict[str, click.Command] = {}
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": one for sub, one in command.commands.items()}
    return found


def test_each_command_has_an_example_and_says_its_exit_codes(enter: Enter) -> None:
    for name, command in commands().items():
        shown = enter(*name.split(), "--help")
        assert shown.code == 0
        assert f"Example: python -m app {name}" in shown.out, name
        for option in command.params:
            told = isinstance(option, click.Argument) or getattr(option, "help", None)
            assert told, f"{name} {option.name}"
        assert "Exit codes: 0 " in shown.out, name


def test_table_of_commands_says_what_the_commands_say() -> None:
    for name, command in commands().items():
        if name in COMMANDS:
            assert (command.help or "").startswith(COMMANDS[name][2][:10]), name


def test_unknown_command_suggests_the_nearest_or_nothing(enter: Enter) -> None:
    assert enter("taks").err.startswith("No such command 'taks'. Did you mean tasks?\n")
    assert "Did you mean" not in enter("xyz").err


def completed(enter: Enter, words: str) -> list[str]:
    told = enter(
        _TASK_RELAY_COMPLETE="bash_complete",
        COMP_WORDS=f"task-relay {words}",
        COMP_CWORD=str(len(words.split(" "))),
    )
    return [line.partition(",")[2] for line in told.out.split()]


def test_shell_completes_commands_options_words_and_settings(enter: Enter) -> None:
    assert completed(enter, "ta") == ["tasks"]
    assert completed(enter, "tasks --s") == ["--search", "--status"]
    assert completed(enter, "tasks u") == ["upcoming"]
    assert completed(enter, "config set GROQ_M") == ["GROQ_MODEL", "GROQ_MAX_INPUT_TOKENS"]


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_shown_and_installed_once(
    enter: Enter, shell: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("SHELL", f"/bin/{shell}")
    (tmp_path / "home").mkdir()
    start = tmp_path / "home" / f".{shell}rc"
    start.write_text("# mine")
    shown = enter("--show-completion", shell)
    assert "_TASK_RELAY_COMPLETE" in shown.out
    for _ in range(2):
        ended = enter("--install-completion")
        assert ended.code == 0
    (written,) = re.findall(r"\((.+)\)", ended.out)
    assert Path(written).read_text() == shown.out.removesuffix("\n")
    lines = start.read_text().splitlines()
    assert lines[0] == "# mine"
    assert len(lines) == (1 if shell == "fish" else 2)


def test_unknown_shell_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    with pytest.raises(InputError, match="Add one of bash, zsh, fish"):
        install(cli, None)


def test_wrong_usage_with_json_is_an_object_too(enter: Enter) -> None:
    ended = enter("tasks", "--json", "--nonsense")
    assert (ended.code, ended.err) == (2, "")
    assert ended.out.startswith('{"error": "No such option')
