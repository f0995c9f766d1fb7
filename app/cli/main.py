"""Parse the command line, and turn every ending into an exit code and a sentence."""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

import click

from .. import PROGRAM
from ..errors import TaskRelayError
from .exit_codes import Exit
from .lazy_group import LazyGroup
from .observers import is_observed
from .options import completion_option

COMMANDS = {
    "chat": (".commands.chat", "chat", "Talk to the task manager."),
    "tasks": (".commands.tasks", "tasks", "Show tasks, the most urgent first."),
    "add": (".commands.add", "add", "Add a task."),
    "done": (".commands.done", "done", "Mark tasks as done."),
    "undo": (".commands.undo", "undo", "Take back the last change to your tasks."),
    "doctor": (".commands.doctor", "doctor", "Say which models can answer, and what is wrong."),
    "config": (
        ".commands.config",
        "config",
        "Show every setting and where it comes from; set one.",
    ),
    "token": (".commands.token", "token", "Make a token by which a user signs in at a server."),
    "threads": (".commands.threads", "threads", "List the threads of a user."),
    "history": (".commands.history", "history", "Show what was said in a thread, or in all."),
    "stats": (
        ".commands.stats",
        "stats",
        "Show turns, failovers, latency, tokens, cost and quotas.",
    ),
    "export": (".commands.data.export", "export", "Write all tasks into a file."),
    "import": (".commands.data.import_tasks", "import_tasks", "Bring in the tasks of a file."),
    "purge": (".commands.data.purge", "purge", "Remove deleted tasks for good."),
    "migrate": (
        ".commands.data.migrate",
        "migrate",
        "Bring the databases to this version's schema.",
    ),
    "backup": (".commands.data.backup", "backup", "Copy tasks and conversations into a file."),
    "restore": (
        ".commands.data.restore",
        "restore",
        "Put a backup in the place of what is there now.",
    ),
    "forget": (".commands.data.forget", "forget", "Remove all that is kept of a user, for good."),
}
"""By name: the module, the function in it, and what it does."""


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    name="task-relay",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f'Example: {PROGRAM} chat -m "add buy milk tomorrow"',
)
@click.version_option(package_name="task-relay", message="%(package)s %(version)s")
@completion_option("--install-completion", "Let the shell complete task-relay: bash, zsh or fish.")
@completion_option("--show-completion", "Print what --install-completion would install.")
def cli() -> None:
    """Talk to your tasks. Gemini answers, Groq when Gemini fails, plain commands when both do."""


def run() -> NoReturn:
    """Run the process's command, and end the process.

    Before Python ends it looks through all objects for garbage, which costs a tenth of a short
    command; frozen objects are left out of that.
    """
    try:
        main()
    except SystemExit as ending:
        if _is_held() and not is_observed():
            os._exit(int(ending.code or 0))
        raise
    finally:
        gc.disable()
        gc.freeze()


def _is_held() -> bool:
    """Say whether Python would wait now for a tracing server that can't be reached."""
    if "langsmith" not in sys.modules:
        return False
    from ..runtime import tracing_holds

    return tracing_holds()


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
    """Run a command and return its exit code; what went wrong has been printed by then.

    Click's own `main` is not used, because it handles a closed pipe by itself.
    """
    if instruction := os.environ.get("_TASK_RELAY_COMPLETE"):
        from .shell_completion import answer

        return answer(cli, instruction)
    ids: dict[str, str] = {}
    tell = _failure_printer(arguments, ids)
    try:
        with cli.make_context(PROGRAM, arguments, obj=ids) as context:
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


def _failure_printer(arguments: list[str], ids: dict[str, str]) -> Callable[[str, int], int]:
    """Return what prints a failure: as a sentence, or as the JSON that `--json` promises."""
    if "--json" not in arguments:
        return _print_sentence
    if arguments[0] != "chat":
        return _print_json
    from .chat import print_failure

    return partial(print_failure, ids)


def _print_sentence(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code


def _print_json(sentence: str, code: int) -> int:
    import json

    click.echo(json.dumps({"error": sentence}))
    return code


def _log_bug(error: Exception) -> None:
    import logging

    logger = logging.getLogger("task_relay")
    if logger.hasHandlers():
        logger.error("A command stopped on a bug", exc_info=error)
