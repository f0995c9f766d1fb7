"""Complete commands and options in bash, zsh and fish, by click's own functions."""

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class, shell_complete

from ..errors import InputError
from ..settings import private_directory

PROGRAM = "task-relay"
VARIABLE = "_TASK_RELAY_COMPLETE"
"""Set by the shell's function; says what it wants to know."""

SHELLS = ("bash", "zsh", "fish")


def answer(cli: click.Command, instruction: str) -> int:
    """Answer the shell, which asks for a script or for what may come next.

    Args:
        cli: The program.
        instruction: What the shell's function has put into the variable.

    Returns:
        The exit code.
    """
    return shell_complete(cli, {}, PROGRAM, VARIABLE, instruction)


def script(cli: click.Command, shell: str | None) -> str:
    """Return the script that a shell has to read.

    Args:
        cli: The program.
        shell: Which shell; the one in use when None.

    Raises:
        InputError: No shell is given, and the one in use is not known.
    """
    completion = get_completion_class(shell or shell_in_use())
    assert completion is not None
    return completion(cli, {}, PROGRAM, VARIABLE).source()


def install(cli: click.Command, shell: str | None) -> str:
    """Put the script where the shell finds it; return a sentence that says so.

    bash and zsh get a line in their start file that reads the script; fish looks in a
    directory of its own. A second time changes nothing.

    Args:
        cli: The program.
        shell: Which shell; the one in use when None.

    Raises:
        InputError: A file can't be written, or the shell in use is not known.
    """
    shell = shell or shell_in_use()
    text = script(cli, shell)
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    file, start = {
        "bash": (home / ".bash_completions" / f"{PROGRAM}.sh", home / ".bashrc"),
        "zsh": (home / ".zfunc" / f"_{PROGRAM}", home / ".zshrc"),
        "fish": (config / "fish" / "completions" / f"{PROGRAM}.fish", None),
    }[shell]
    lines = {
        "bash": f"source '{file}'",
        "zsh": f"fpath+=('{file.parent}'); autoload -Uz compinit; compinit",
    }
    try:
        private_directory(file.parent)
        file.write_text(text, encoding="utf-8")
        if start is not None:
            _append(start, lines[shell])
    except OSError as error:
        raise InputError(f"{error.filename} can't be written ({error.strerror}).") from error
    return f"{shell} completes {PROGRAM} when it is started anew ({file})."


def shell_in_use() -> str:
    """Return the name of the shell that the person uses.

    Raises:
        InputError: It is none that is known.
    """
    name = Path(os.environ.get("SHELL", "")).name
    if name not in SHELLS:
        raise InputError(f"Which shell? Add one of {', '.join(SHELLS)}.")
    return name


def _append(file: Path, line: str) -> None:
    """Add a line to a file that doesn't have it."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if line not in before.splitlines():
        gap = "" if not before or before.endswith("\n") else "\n"
        with file.open("a", encoding="utf-8") as start:
            start.write(f"{gap}{line}\n")
