"""Hold a conversation in the terminal."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING

import click

from ...errors import TaskRelayError
from ..confirm_prompt import ask_for_decision
from ..exit_codes import Exit
from ..output import welcome
from . import slash
from .hide_typing import hide_typing
from .prompt import Meanwhile, Prompt
from .session import ChatSession

if TYPE_CHECKING:
    from ...events import Event
    from ...reply import Reply
    from .display import Display
    from .plain_display import PlainDisplay


class Conversation:
    """One person's chat.

    Args:
        session: What it is about.
    """

    def __init__(self, session: ChatSession) -> None:
        self._session = session
        self._output = session.output
        self._prompt = Prompt(
            session.settings.data_dir, session.user, self._completions, session.output.plain
        )

    def run(self) -> int:
        """Ask and answer until the person leaves; return the exit code."""
        missing = self._session.missing_keys
        loud = bool(missing and self._session.models)
        self._output.greet(welcome(missing, not self._session.models), loud)
        self._session.loading.begin()
        meanwhile: Meanwhile | None = (self._last_exchange(), self._say_dim)
        leaving = False
        while True:
            try:
                line = self._prompt.ask(meanwhile).strip()
            except KeyboardInterrupt:
                if leaving:
                    return Exit.ANSWERED
                leaving = True
                self._output.say("Ctrl-C again, or Ctrl-D, leaves.", "dim")
            except EOFError:
                return Exit.ANSWERED
            else:
                leaving = False
                if line and self._handle(line) is slash.AfterCommand.LEAVE:
                    return Exit.ANSWERED
            meanwhile = None

    def _handle(self, line: str) -> slash.AfterCommand:
        """Carry out a slash command, or answer a message; Ctrl-C stops either."""
        try:
            if not line.startswith("/"):
                self._answer(line)
                return slash.AfterCommand.ASK
            match = slash.find(line)
            if match.command is None:
                self._output.say(match.hint, "yellow")
                return slash.AfterCommand.ASK
            after = match.command.run(self._session, match.rest)
            if after is slash.AfterCommand.ANSWER_AGAIN:
                self._answer(None)
            return after
        except KeyboardInterrupt:
            self._output.say("Stopped.", "dim")
        except TaskRelayError as error:
            self._output.say(str(error), "red")
        return slash.AfterCommand.ASK

    def _answer(self, message: str | None) -> None:
        decision: bool | str | None = None
        while True:
            with hide_typing():
                reply = self._session.runner.run(self._turn(message, decision))
            self._session.last = reply
            if reply.confirmation is None:
                return
            message, decision = None, ask_for_decision(self._prompt.confirm)

    async def _turn(self, message: str | None, decision: bool | str | None) -> "Reply":
        display = self._display(message or "")
        async with aclosing(self._events(message, decision)) as events:
            return await display.follow(events)

    async def _events(
        self, message: str | None, decision: bool | str | None
    ) -> "AsyncGenerator[Event]":
        session = self._session
        agent = await session.loading.agent()
        stream = agent.stream(session.user, message, session.thread, session.ask_first, decision)
        async with aclosing(stream) as events:
            async for event in events:
                yield event

    def _display(self, message: str) -> "Display | PlainDisplay":
        """Return what shows a turn; rich is loaded for it where there are colours."""
        if self._output.plain:
            from .plain_display import PlainDisplay

            return PlainDisplay(click.echo)
        from .display import Display
        from .progress import Progress

        clock = self._session.clock
        first = "thinking" if self._session.loading.done else "loading the models"
        return Display(self._output.console, clock, message, Progress(clock, first))

    async def _last_exchange(self) -> str:
        """Return the thread's last exchange as soon as it can be read, or why it can't be."""
        from .last_exchange import last_exchange

        try:
            stores = await self._session.loading.open_stores()
            transcript = await asyncio.to_thread(stores.transcript)
            user, thread = self._session.user, self._session.thread
            return await asyncio.to_thread(last_exchange, transcript, user, thread)
        except TaskRelayError as error:
            return str(error)

    def _say_dim(self, text: str) -> None:
        self._output.say(text, "dim")

    def _completions(self, typed: str) -> Iterable[tuple[str, str]]:
        return slash.completions(self._session, typed)
