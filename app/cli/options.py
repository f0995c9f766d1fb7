"""Make the options of the whole program that do something and end."""

from collections.abc import Callable
from typing import Any

import click


def completion_option(name: str, help_text: str) -> Callable[[Any], Any]:
    """Return an option that shows or installs the completion of a shell.

    Its value is the shell; without one it is the shell in use.

    Args:
        name: The option.
        help_text: Its line of help.
    """

    def act(context: click.Context, parameter: click.Parameter, shell: str | None) -> None:
        if shell is None or context.resilient_parsing:
            return
        from . import shell_completion as completion

        shell_name = None if shell == "in use" else shell
        program = context.command
        if name == "--install-completion":
            click.echo(completion.install(program, shell_name))
        else:
            click.echo(completion.script(program, shell_name))
        context.exit()

    return click.option(
        name,
        type=click.Choice(["bash", "zsh", "fish", "in use"]),
        metavar="[bash|zsh|fish]",
        is_flag=False,
        flag_value="in use",
        is_eager=True,
        expose_value=False,
        callback=act,
        help=help_text,
    )
