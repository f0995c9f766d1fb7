"""Take the command line apart, and turn every ending into an exit code and a sentence."""

import atexit
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NoReturn

import click

from ..errors import TaskRelayError
from .exit_codes import Exit
from .lazy_group import LazyGroup
from .options import completion_option

COMMANDS = {
    "chat": (".commands.chat", "chat", "Talk to the task manager."),
    "tasks": (".commands.tasks", "tasks", "Show tasks, the most urgent first."),
    "add": (".commands.quick", "add", "Add a task."),
    "done": (".commands.quick", "done", "Mark tasks as done."),
    "undo": (".commands.quick", "undo", "Take back the last change to your tasks."),
    "doctor": (".commands.doctor", "doctor", "Say which models can answer, and what is wrong."),
    "config": (
        ".commands.config",
        "config",
        "Show every setting and where it comes from; set one.",
    ),
    "threads": (".commands.threads", "threads", "List the threads of a user."),
    "history": (".commands.threads", "history", "Show what was said in a thread, or in all."),
    "stats": (
        ".commands.stats",
        "stats",
        "Show turns, failovers, latency, tokens, cost and quotas.",
    ),
    "export": (".commands.transfer", "export", "Write all tasks into a file."),
    "import": (".commands.transfer", "import_", "Bring in the tasks of a file."),
    "purge": (".commands.transfer", "purge", "Remove deleted tasks for good."),
    "migrate": (
        ".commands.maintenance",
        "migrate",
        "Bring the databases to this version's schema.",
    ),
    "backup": (".commands.maintenance", "backup", "Copy tasks and conversations into a file."),
    "restore": (
        ".commands.maintenance",
        "restore",
        "Put a backup in the place of what is there now.",
    ),
    "forget": (".commands.maintenance", "forget", "Remove all that is kept of a user, for good."),
}
"""By name: the module, the function in it, and what it does."""


@click.group(
    cls=LazyGroup,
    homes=COMMANDS,
    name="task-relay",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Example: python -m app chat -m "add buy milk tomorrow"',
)
@click.version_option(package_name="task-relay", message="%(package)s %(version)s")
@completion_option("--install-completion", "Let the shell complete task-relay: bash, zsh or fish.")
@completion_option("--show-completion", "Print what --install-completion would install.")
def cli() -> None:
    """Talk to your tasks. Gemini answers, Groq when Gemini fails, plain commands when both do."""


def run() -> NoReturn:
    """Be the process: run its command, and leave.

    Python would take every module apart first, which costs a tenth of a short command. What is
    to be done at the end is done: threads are waited for, and exit handlers run.
    """
    try:
        main()
    except SystemExit as ending:
        code = int(ending.code or 0)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
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
            nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - a fast start
            setattr(sys, name, nowhere)
        else:
            getattr(sys, name).reconfigure(errors="replace")


def _run(arguments: list[str]) -> int:
    """Return the exit code; whatever went wrong has been told by then.

    Click's own `main` is passed by, because it takes a closed pipe for itself.
    """
    if instruction := os.environ.get("_TASK_RELAY_COMPLETE"):
        from .shell_completion import answer

        return answer(cli, instruction)
    asked: dict[str, str] = {}
    tell = _teller(arguments, asked)
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


def _teller(arguments: list[str], asked: dict[str, str]) -> Callable[[str, int], int]:
    """Return how to tell a failure: a sentence, or the JSON object that `--json` promises."""
    if "--json" not in arguments:
        return _tell
    if arguments[0] != "chat":
        return _tell_as_json
    from .chat.one_turn import print_failure

    return partial(print_failure, asked)


def _tell(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code


def _tell_as_json(sentence: str, code: int) -> int:
    import json

    click.echo(json.dumps({"error": sentence}))
    return code


def _log_bug(error: Exception) -> None:
    import logging

    logger = logging.getLogger("task_relay")
    if logger.hasHandlers():
        logger.error("A command stopped on a bug", exc_info=error)
