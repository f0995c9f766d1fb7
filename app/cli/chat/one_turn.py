"""Answer one message and end, for scripts: `chat -m` or a pipe."""

import json
import sys
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ...intake import shown, shown_json
from ..confirm_prompt import ask_for_decision
from ..exit_codes import Exit
from ..output import failover_notice, missing_notice, needs_repair

_KEYS = ("reply", "provider", "model", "user_id", "thread_id", "attempts", "tool_calls")

if TYPE_CHECKING:
    from ...agent import Agent
    from ...reply import Reply


def print_failure(ids: dict[str, str], sentence: str, code: int) -> int:
    """Print a failure before any turn as the JSON object that `--json` promises in every case.

    Args:
        ids: `user_id` and `thread_id`, as far as they are known.
        sentence: What went wrong.
        code: The exit code.

    Returns:
        The exit code.
    """
    nothing: dict[str, Any] = dict.fromkeys(_KEYS) | {"attempts": [], "tool_calls": []}
    _print_json(nothing | ids | {"reply": sentence})
    return code


def take_one_turn(agent: "Agent", request: tuple[str, str, str], as_json: bool, yes: bool) -> int:
    """Print the answer to one message; return the exit code.

    Args:
        agent: Who answers.
        request: The user, the message, the thread.
        as_json: Whether to print everything as one JSON object, and never to ask.
        yes: Whether large changes are confirmed beforehand.
    """
    import asyncio

    user, message, thread = request
    if not as_json and (notice := missing_notice(agent.container.chain.missing_keys)):
        click.secho(notice, err=True, fg="yellow", bold=True)
    with asyncio.Runner() as runner:
        reply = runner.run(agent.process_message(user, message, thread))
        while reply.confirmation is not None:
            decision = True if yes else _decide(reply, as_json)
            reply = runner.run(agent.confirm(user, decision, thread))
    if as_json:
        record = asdict(reply)
        _print_json({key: record[key] for key in _KEYS})
    else:
        _show(reply)
    return exit_code(reply)


def _decide(reply: "Reply", as_json: bool) -> bool | str:
    """Return what the person at the terminal says to a change; without one it is declined."""
    if as_json or not sys.stdin.isatty():
        return "nobody could be asked here; --yes confirms beforehand"
    click.echo(shown(reply.reply), err=True)
    prompt = partial(click.prompt, prompt_suffix="", default="", show_default=False, err=True)
    return ask_for_decision(prompt)


def _show(reply: "Reply") -> None:
    if notice := failover_notice(reply):
        repair = needs_repair(reply)
        click.secho(notice, err=True, fg="yellow" if repair else None, bold=repair)
    click.echo(shown(reply.reply))


def exit_code(reply: "Reply") -> int:
    """Return the exit code that a reply stands for."""
    if reply.ok:
        return Exit.NEEDS_CONFIRMATION if reply.declined else Exit.ANSWERED
    return Exit.NO_MODEL if reply.no_model else Exit.FAILED


def _print_json(record: dict[str, Any]) -> None:
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    click.echo(json.dumps(record) if ascii_only else shown_json(record))
