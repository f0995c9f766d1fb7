"""Hold a conversation in the terminal."""

import asyncio
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from rich.console import Console

from app.cli.exits import Exit
from app.cli.screen import failover_notice, printable, welcome
from app.errors import TaskRelayError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from app.agent import Agent
    from app.reply import Reply

_LEAVE = ("/exit", "/quit")


def converse(agent: "Agent", user: str, thread: str) -> int:
    """Ask and answer until the person leaves; return the exit code."""
    console = Console(highlight=False)
    chain = agent.parts.chain
    console.print(welcome(chain.missing_keys, not chain.entries), style="dim", markup=False)
    session: PromptSession[str] = PromptSession("> ")
    with asyncio.Runner() as runner:
        while True:
            try:
                message = session.prompt().strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return Exit.ANSWERED
            if message.lower() in _LEAVE:
                return Exit.ANSWERED
            if message:
                _answer(agent.process_message(user, message, thread), runner, console)


def _answer(turn: "Coroutine[Any, Any, Reply]", runner: asyncio.Runner, console: Console) -> None:
    try:
        with console.status("thinking"):
            reply = runner.run(turn)
    except KeyboardInterrupt:
        console.print("Stopped.", style="dim")
        return
    except TaskRelayError as error:
        console.print(str(error), style="red", markup=False)
        return
    if notice := failover_notice(reply):
        console.print(notice, style="dim", markup=False)
    console.print(printable(reply.reply), style=None if reply.ok else "yellow", markup=False)
