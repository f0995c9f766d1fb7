"""Load a command's module when the command is used, so that `--help` stays fast."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that knows its commands by their modules and help lines.

    Args:
        modules: By name: the module below this package, the function in it, and the line for
            the group's help.
    """

    def __init__(
        self, *args: Any, modules: Mapping[str, tuple[str, str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return [*self._modules, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, which is loaded now.

        Args:
            ctx: The run of the program.
            cmd_name: The command.
        """
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        module, name, _ = self._modules[cmd_name]
        command: click.Command = getattr(import_module(module, __package__), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named first.

        Args:
            ctx: The run of the program.
            args: The command's name, and what follows.

        Raises:
            UsageError: There is no such command; the error suggests the nearest.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near:
                raise
            hint = f"{error.message} Did you mean {near[0]}?"
            raise click.UsageError(hint, error.ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading those of the table.

        Args:
            ctx: The run of the program.
            formatter: Takes the list.
        """
        lines = [(name, line) for name, (_, _, line) in self._modules.items()]
        lines += [(name, self.commands[name].get_short_help_str()) for name in self.commands]
        with formatter.section("Commands"):
            formatter.write_dl(lines)
