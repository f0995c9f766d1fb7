"""Let a display draw the events of a turn on a screen, without a process or a terminal."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TextIO, cast

from rich.console import Console

from app.cli.chat.display import Display
from app.cli.chat.progress import Progress
from app.events import Event
from app.reply import Reply
from tests.fakes.clock import FixedClock
from tests.fakes.terminal import Screen

Step = Event | Callable[[], None]
"""What happens next in a turn: an event, or a look at what is drawn by then."""


class FrameClock(FixedClock):
    """A clock whose seconds a test sets, and whose sleeps only let others go on."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def monotonic(self) -> float:
        """Return the seconds that were set."""
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        """Let others go on."""
        await asyncio.sleep(0)


class DrawnChat(Screen):
    """A screen on which turns are drawn.

    Args:
        columns: How wide it is.
        lines: How high it is.
    """

    encoding = "utf-8"

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        super().__init__(columns, lines)
        self.clock = FrameClock()
        self.console = Console(
            file=cast("TextIO", self),
            force_terminal=True,
            color_system="standard",
            width=columns,
            height=lines,
            markup=False,
            highlight=False,
            emoji=False,
        )

    def write(self, text: str) -> None:
        """Show what is written."""
        self.feed(text)

    def flush(self) -> None:
        """Do nothing: all is shown at once."""

    def shrink(self, columns: int, lines: int) -> None:
        """Make the window smaller."""
        self.resize(columns, lines)
        self.console.size = (columns, lines)

    def play(self, message: str, steps: Sequence[Step], doing: str = "thinking") -> Reply:
        """Draw a turn after the line of a prompt; return its reply."""
        self.feed(f"> {message}\r\n")
        return asyncio.run(self._follow(message, steps, doing))

    async def _follow(self, message: str, steps: Sequence[Step], doing: str) -> Reply:
        display = Display(self.console, self.clock, message, Progress(self.clock, doing))
        return await display.follow(played(steps))


async def played(steps: Sequence[Step]) -> AsyncIterator[Event]:
    """Yield the events of a turn; between them a frame is drawn where a step looks at it."""
    for step in steps:
        if callable(step):
            await asyncio.sleep(0)
            await asyncio.sleep(0)  # a frame is drawn
            step()
        else:
            yield step
