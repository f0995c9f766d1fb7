"""The command `chat`: one turn, or a conversation."""

import json
import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from app.cli.asking import ask
from app.cli.exits import Exit
from app.cli.screen import failover_notice, missing_notice, needs_mending, printable
from app.errors import InputError
from app.identity import clean_thread_id, clean_user_id

_TOLD = ("reply", "provider", "model", "user_id", "thread_id", "attempts", "tool_calls")

if TYPE_CHECKING:
    from app.agent import Agent
    from app.reply import Reply


@click.command(epilog='Example: python -m app chat -m "add buy milk tomorrow"')
@click.option("-m", "--message", help="Answer this one message and end.")
@click.option("--user", help="Whose tasks and threads. Default: the APP_USER setting.")
@click.option("--thread", default="main", show_default=True, help="Which of the user's threads.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; never ask.")
@click.option("--yes", is_flag=True, help="Confirm large changes without asking.")
@click.pass_obj
def chat(
    asked: dict[str, str],
    message: str | None,
    user: str | None,
    thread: str,
    as_json: bool,
    yes: bool,
) -> int:
    """Talk to the task manager.

    Without -m, what is piped to standard input is one message; in a terminal, the chat asks
    until you leave it with Ctrl-D or /exit.

    A change of three tasks or more asks first. Where nobody can be asked - no terminal, or
    --json - it is declined, unless --yes is given.

    Exit codes: 0 answered, 1 failed, 2 wrong usage or setting, 3 a change was declined,
    4 no model could answer, 130 interrupted, 141 closed pipe.
    """
    from app.settings import Settings

    settings = Settings.load()
    user = clean_user_id(settings.user if user is None else user)
    thread = clean_thread_id(thread)
    asked |= {"user_id": user, "thread_id": thread}
    if message is None and not sys.stdin.isatty():
        message = sys.stdin.buffer.read().decode("utf-8", "replace")
    elif message is None and as_json:
        raise InputError("--json takes its message from -m or from standard input.")
    if message is not None and not message.strip():
        raise InputError("The message is empty. Say what to do.")

    from app.agent import Agent

    agent = Agent(settings, whole_process=True)
    try:
        if message is None:
            from app.cli.conversation import Conversation

            return Conversation(agent, user, thread).hold()
        return _one_turn(agent, (user, message, thread), as_json, yes)
    finally:
        agent.close()


def print_failure(asked: dict[str, str], sentence: str, code: int) -> int:
    """Tell a failure in which no turn took place, as the JSON object that `--json` promises."""
    nothing: dict[str, Any] = dict.fromkeys(_TOLD) | {"attempts": [], "tool_calls": []}
    _print_json(nothing | asked | {"reply": sentence})
    return code


def _one_turn(agent: "Agent", said: tuple[str, str, str], as_json: bool, yes: bool) -> int:
    import asyncio

    user, message, thread = said
    if not as_json and (notice := missing_notice(agent.parts.chain.missing_keys)):
        click.secho(notice, err=True, fg="yellow", bold=True)
    with asyncio.Runner() as runner:
        reply = runner.run(agent.process_message(user, message, thread))
        while reply.confirmation is not None:
            decision = True if yes else _decide(reply, as_json)
            reply = runner.run(agent.confirm(user, decision, thread))
    if as_json:
        told = asdict(reply)
        _print_json({name: told[name] for name in _TOLD})
    else:
        _show(reply)
    return exit_code(reply)


def _decide(reply: "Reply", as_json: bool) -> bool | str:
    """Return what the person at the terminal says to a change; without one it is declined."""
    if as_json or not sys.stdin.isatty():
        return "nobody could be asked here; --yes confirms beforehand"
    click.echo(printable(reply.reply), err=True)
    return ask(partial(click.prompt, prompt_suffix="", default="", show_default=False, err=True))


def _show(reply: "Reply") -> None:
    if notice := failover_notice(reply):
        mend = needs_mending(reply)
        click.secho(notice, err=True, fg="yellow" if mend else None, bold=mend)
    click.echo(printable(reply.reply))


def exit_code(reply: "Reply") -> int:
    """Return the exit code that a reply stands for."""
    if reply.ok:
        return Exit.NEEDS_CONFIRMATION if reply.declined else Exit.ANSWERED
    return Exit.NO_MODEL if reply.no_model else Exit.FAILED


def _print_json(told: dict[str, Any]) -> None:
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    click.echo(json.dumps(told, ensure_ascii=ascii_only))
