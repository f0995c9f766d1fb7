"""The command `chat`: one turn, or a conversation."""

import os
import sys
from typing import TYPE_CHECKING

import click

from ... import PROGRAM
from ...errors import InputError
from ...settings import clean_thread_id, clean_user_id
from ..observers import is_observed
from ..output import Output, is_plain
from ..settings_loading import load_settings

if TYPE_CHECKING:
    from ...settings import Settings


@click.command(epilog=f'Example: {PROGRAM} chat -m "add buy milk tomorrow"')
@click.option("-m", "--message", help="Answer this one message and end.")
@click.option("--user", help="Whose tasks and threads. Default: the APP_USER setting.")
@click.option("--thread", default="main", show_default=True, help="Which of the user's threads.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; never ask.")
@click.option("--yes", is_flag=True, help="Confirm large changes without asking.")
@click.option("--plain", is_flag=True, help="No colours, and nothing is drawn twice.")
@click.pass_context
def chat(
    context: click.Context,
    message: str | None,
    user: str | None,
    thread: str,
    as_json: bool,
    yes: bool,
    plain: bool,
) -> int:
    """Talk to the task manager.

    Without -m, what is piped to standard input is one message; in a terminal, the chat asks
    until you leave it with Ctrl-D or /exit.

    A change of three tasks or more asks first. Where nobody can be asked - no terminal, or
    --json - it is declined, unless --yes is given.

    Exit codes: 0 answered, 1 failed, 2 wrong usage or setting, 3 a change was declined,
    4 no model could answer, 130 interrupted, 141 closed pipe.
    """
    settings = load_settings()
    user = clean_user_id(settings.user if user is None else user)
    thread = clean_thread_id(thread)
    context.obj |= {"user_id": user, "thread_id": thread}
    if message is None and not sys.stdin.isatty():
        message = sys.stdin.buffer.read().decode("utf-8", "replace")
    elif message is None and as_json:
        raise InputError("--json takes its message from -m or from standard input.")
    if message is not None and not message.strip():
        raise InputError("The message is empty. Say what to do.")
    if is_plain(plain):
        context.color = False
    if message is None:
        return _hold_conversation(settings, user, thread, Output(is_plain(plain)))
    from ..chat import load_agent, take_one_turn

    agent = load_agent(settings)
    try:
        return take_one_turn(agent, (user, message, thread), as_json, yes)
    finally:
        agent.close()


def _hold_conversation(settings: "Settings", user: str, thread: str, output: Output) -> int:
    """Talk until the person leaves."""
    import asyncio

    from ..chat import ChatSession, Conversation, Loading

    loading = Loading(settings)
    with asyncio.Runner() as runner:
        code = Conversation(ChatSession(settings, user, thread, output, loading, runner)).run()
    if not loading.done and not is_observed():
        # The models aren't needed any more, and a thread that loads them can't be stopped.
        sys.stdout.flush()
        os._exit(code)
    loading.close()
    return code
