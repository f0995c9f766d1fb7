"""Answer one message, for a script or a person in a hurry."""

import json
import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ..confirm_prompt import ask
from ..exit_codes import Exit
from ..output.notices import failover_notice, missing_notice, needs_mending, printable

_TOLD = ("reply", "provider", "model", "user_id", "thread_id", "attempts", "tool_calls")

if TYPE_CHECKING:
    from ...agent import Agent
    from ...reply import Reply


def show_failure(sentence: str, code: int) -> int:
    """Tell a failure in which no turn took place; return the exit code."""
    click.echo(sentence, err=True)
    return code


def print_failure(asked: dict[str, str], sentence: str, code: int) -> int:
    """Do `show_failure` as the JSON object that `--json` promises in every case."""
    nothing: dict[str, Any] = dict.fromkeys(_TOLD) | {"attempts": [], "tool_calls": []}
    _print_json(nothing | asked | {"reply": sentence})
    return code


def take_one_turn(agent: "Agent", said: tuple[str, str, str], as_json: bool, yes: bool) -> int:
    """Print the answer to one message; return the exit code.

    Args:
        agent: Who answers.
        said: The user, the message, the thread.
        as_json: Whether to print everything as one JSON object, and never to ask.
        yes: Whether large changes are confirmed beforehand.
    """
    import asyncio

    user, message, thread = said
    if not as_json and (notice := missing_notice(agent.container.chain.missing_keys)):
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
