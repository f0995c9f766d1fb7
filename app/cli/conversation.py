"""Hold a conversation in the terminal."""

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from rich.console import Console

from app.cli.asking import ask
from app.cli.display import Display
from app.cli.exits import Exit
from app.cli.screen import failover_notice, needs_mending, printable, welcome
from app.errors import TaskRelayError

if TYPE_CHECKING:
    from app.agent import Agent
    from app.reply import Reply

_LEAVE = ("/exit", "/quit")
_HELP = """\
/retry         answer the last message again
/model NAME    ask this model first from now on: {names}
/model         ask in the usual order again
/exit          leave; so does Ctrl-D"""


class Conversation:
    """One person's chat in one thread.

    Args:
        agent: Who answers.
        user: Whose tasks.
        thread: Which of their threads.
    """

    def __init__(self, agent: "Agent", user: str, thread: str) -> None:
        self._agent = agent
        self._user = user
        self._thread = thread
        self._ask_first: str | None = None
        self._models = [entry.provider for entry in agent.parts.chain.entries]
        self._console = Console(highlight=False)
        self._prompt: PromptSession[str] = PromptSession()

    def hold(self) -> int:
        """Ask and answer until the person leaves; return the exit code."""
        missing = self._agent.parts.chain.missing_keys
        loud = bool(missing and self._models)
        self._say(welcome(missing, not self._models), "bold yellow" if loud else "dim")
        with asyncio.Runner() as runner:
            while True:
                try:
                    said = self._prompt.prompt("> ").strip()
                except KeyboardInterrupt:
                    continue
                except EOFError:
                    return Exit.ANSWERED
                if said.lower() in _LEAVE:
                    return Exit.ANSWERED
                if said.startswith("/"):
                    self._command(said, runner)
                elif said:
                    self._answer(said, runner)

    def _command(self, said: str, runner: asyncio.Runner) -> None:
        name, _, rest = said.partition(" ")
        rest = rest.strip().lower()
        if name == "/retry" and not rest:
            self._answer(None, runner)
        elif name == "/model":
            self._choose(rest)
        else:
            names = ", ".join(self._models) or "none is set up"
            self._say(_HELP.format(names=names), "dim")

    def _choose(self, name: str) -> None:
        if name and name not in self._models:
            names = ", ".join(self._models) or "no model"
            self._say(f'There is no "{name}" in the model chain; it has {names}.', "yellow")
            return
        self._ask_first = name or None
        first = name or (self._models or ["no model"])[0]
        self._say(f"From now on {first} is asked first.", "dim")

    def _answer(self, message: str | None, runner: asyncio.Runner) -> None:
        decision: bool | str | None = None
        while True:
            try:
                reply = runner.run(self._turn(message, decision))
            except KeyboardInterrupt:
                self._say("Stopped.", "dim")
                return
            except TaskRelayError as error:
                self._say(str(error), "red")
                return
            self._show(reply)
            if reply.confirmation is None:
                return
            message, decision = None, ask(self._prompt.prompt)

    def _show(self, reply: "Reply") -> None:
        if notice := failover_notice(reply):
            self._say(notice, "bold yellow" if needs_mending(reply) else "dim")
        self._say(printable(reply.reply), None if reply.ok else "yellow")

    async def _turn(self, message: str | None, decision: bool | str | None) -> "Reply":
        events = self._agent.stream(self._user, message, self._thread, self._ask_first, decision)
        async with aclosing(events):
            return await Display(self._console).follow(events)

    def _say(self, text: str, style: str | None) -> None:
        self._console.print(text, style=style, markup=False)
