"""Ask a person to confirm a change; no answer means no."""

import sys
from collections.abc import Callable

import click

_QUESTION = "Do it? y/n, or say what to do instead: "
_YES, _NO = ("y", "yes"), ("", "n", "no")

yes_option = click.option("--yes", is_flag=True, help="Don't ask.")


def ask_for_decision(prompt: Callable[[str], str]) -> bool | str:
    """Return a person's decision on a change that a model wants to make.

    Args:
        prompt: Shows a text and returns the line that is typed.

    Returns:
        Whether it is approved. Any text other than yes or no declines, with that as the reason;
        Ctrl-C and Ctrl-D decline without one.
    """
    try:
        line = prompt(_QUESTION).strip()
    except (KeyboardInterrupt, EOFError):
        return False
    if line.lower() in _YES:
        return True
    return False if line.lower() in _NO else line


def confirmed(question: str, *, yes: bool, otherwise: str = "Nothing was changed") -> bool:
    """Say whether a command may remove or overwrite something; say why where nobody can be asked.

    Args:
        question: What is asked at the terminal.
        yes: Whether the person has confirmed beforehand, by `--yes`.
        otherwise: What the reason begins with where standard input is no terminal.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        click.echo(f"{otherwise}: nobody can be asked here; add --yes.", err=True)
        return False
    return click.confirm(question)
