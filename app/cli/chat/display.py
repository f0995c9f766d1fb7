"""Show an answer as it comes, and print it for good when it is whole."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.text import Text

from ...clock import Clock
from ...events import Failover, Token, ToolCall
from ...intake import shown
from ..output import call_line, is_own_text, styled_notice
from .live_region import LiveRegion, lines_of
from .progress import Progress
from .streaming_markdown import StreamingMarkdown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ...events import Event
    from ...reply import Reply

_FRAME = 0.1
"""Seconds between two drawings of an answer that grows."""


class Display:
    """The screen during one turn.

    The answer stays changeable for as long as it fits the screen, so that the text of a model
    that failed half-way can be replaced. Of a longer one the finished blocks are printed for
    good; when they turn out to be abandoned, the screen is drawn anew without them.

    Args:
        console: The terminal.
        clock: Where the time comes from.
        message: What the person said, to be shown again where the screen is drawn anew.
        progress: What is being done.
    """

    def __init__(self, console: Console, clock: Clock, message: str, progress: Progress) -> None:
        self._console = console
        self._clock = clock
        self._progress = progress
        self._region = LiveRegion(console)
        self._above: list[RenderableType] = [Text(f"> {message}")] if message else []
        self._answer = StreamingMarkdown(console)
        self._message_id = ""

    async def follow(self, events: "AsyncIterator[Event]") -> "Reply":
        """Show the events of a turn, and return its reply.

        When the turn is cancelled, what came of an answer stays on the screen.
        """
        frames = asyncio.create_task(self._frames())
        try:
            reply = None
            async for event in events:
                reply = self._take(event) or reply
            assert reply is not None
            self._finish(reply)
            return reply
        except asyncio.CancelledError:
            self._keep()
            raise
        finally:
            frames.cancel()
            with suppress(asyncio.CancelledError):
                await frames
            self._region.close()

    def _take(self, event: "Event") -> "Reply | None":
        if isinstance(event, Token):
            if event.message_id != self._message_id:
                self._withdraw()
                self._message_id = event.message_id
            self._answer.add(shown(event.text))
        elif isinstance(event, Failover):
            self._withdraw(event.failed)
        elif isinstance(event, ToolCall):
            self._keep()
            self._print(Text(call_line(event), "dim", no_wrap=True, overflow="ellipsis"))
        return self._progress.take(event)

    async def _frames(self) -> None:
        while True:
            self._frame()
            await self._clock.sleep(_FRAME)

    def _frame(self) -> None:
        if self._region.disturbed:
            self._draw_anew()
        status = lines_of(self._console, self._progress)
        room = max(1, self._console.height - len(status) - 1)
        for block in self._answer.take(room):
            self._print(block)
        self._region.draw([*self._answer.lines()[-room:], *status])

    def _finish(self, reply: "Reply") -> None:
        """Print what is left of the answer, or another one in its place."""
        text = shown(reply.reply)
        if is_own_text(reply) or self._answer.text.strip() != text.strip():
            self._withdraw()
        notice = styled_notice(reply)
        if notice and not self._answer.printed:
            self._print(notice)
        if is_own_text(reply):
            self._print(Text(text, "" if reply.ok else "yellow"))
        else:
            self._answer.text = self._answer.text or text
            self._keep()
        if notice and notice not in self._above:
            self._print(notice)

    def _keep(self) -> None:
        """Print for good what has come of an answer."""
        for block in self._answer.rest():
            self._print(block)
        self._answer = StreamingMarkdown(self._console)

    def _withdraw(self, failed: str = "") -> None:
        """Take back the answer so far."""
        if self._answer.printed:
            del self._above[-self._answer.printed :]
            self._above.append(_withdrawn(failed))
            self._draw_anew()
        self._answer = StreamingMarkdown(self._console)

    def _draw_anew(self) -> None:
        self._region.start_over()
        lines = lines_of(self._console, Group(*self._above)) if self._above else []
        self._region.print(lines[-(self._console.height - 1) :])

    def _print(self, block: RenderableType) -> None:
        self._above.append(block)
        self._region.print(lines_of(self._console, block))


def _withdrawn(failed: str) -> Text:
    reason = f"{failed} broke off" if failed else "the model began anew"
    return Text(f"({reason}; the beginning of an answer further up doesn't count.)", "yellow")
