"""Take the command line apart, and turn every ending into an exit code and a sentence."""

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from app.cli.chat import chat, print_failure, show_failure
from app.cli.exits import Exit
from app.cli.keeping import backup, forget, migrate, restore
from app.cli.stats import stats
from app.cli.threads import history, threads
from app.cli.transfer import export, import_, purge
from app.errors import TaskRelayError


@click.group(
    name="task-relay",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Example: python -m app chat -m "add buy milk tomorrow"',
)
@click.version_option(package_name="task-relay", message="%(package)s %(version)s")
def cli() -> None:
    """Talk to your tasks. Gemini answers, Groq when Gemini fails, plain commands when both do."""


for command in (
    *(chat, threads, history, export, import_, purge),
    *(migrate, backup, restore, forget, stats),
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    _prepare_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would fail again while Python shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.CLOSED_PIPE
    sys.exit(code)


def _prepare_streams() -> None:
    """Let no character break the output, nor a stream that was closed before the start."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        else:
            getattr(sys, name).reconfigure(errors="replace")


def _run(arguments: list[str]) -> int:
    """Return the exit code; whatever went wrong has been told by then.

    Click's own `main` is passed by, because it takes a closed pipe for itself.
    """
    asked: dict[str, str] = {}
    tell = show_failure if "--json" not in arguments else partial(print_failure, asked)
    try:
        with cli.make_context("python -m app", arguments, obj=asked) as context:
            return int(cli.invoke(context) or 0)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (KeyboardInterrupt, click.Abort):
        return tell("Interrupted.", Exit.INTERRUPTED)
    except click.UsageError as error:
        hint = f"\n{error.ctx.get_usage()}" if error.ctx else ""
        return tell(error.format_message() + hint, Exit.WRONG_USAGE)
    except TaskRelayError as error:
        return tell(str(error), error.exit_code)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - nobody should see a stack trace
        _log_bug(error)
        return tell(f"Something broke inside ({type(error).__name__}).", Exit.FAILED)


def _log_bug(error: Exception) -> None:
    import logging

    logger = logging.getLogger("app")
    if logger.hasHandlers():
        logger.error("A command stopped on a bug", exc_info=error)
