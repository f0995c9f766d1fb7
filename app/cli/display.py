"""Show an answer as it comes."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from app.cli.screen import call_line, printable
from app.events import Failover, Token, ToolCall, Waiting

if TYPE_CHECKING:
    from app.events import Event
    from app.reply import Reply

_LINES_BELOW = 4


class Display:
    """The part of the screen where an answer grows; it is gone when the answer is whole.

    Text of a model that failed half-way is taken back.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._text = ""
        self._message_id = ""
        self._doing = "thinking"
        self._spinner = Spinner("dots", style="dim")

    async def follow(self, events: "AsyncIterator[Event]") -> "Reply":
        """Show the events of a turn; return its reply, which is not shown."""
        reply = None
        with Live(
            console=self._console, transient=True, get_renderable=self._look, refresh_per_second=10
        ):
            async for event in events:
                reply = self._take(event) or reply
        assert reply is not None
        return reply

    def _take(self, event: "Event") -> "Reply | None":
        if isinstance(event, Token):
            if event.message_id != self._message_id:
                self._text, self._message_id = "", event.message_id
            self._text += printable(event.text)
        elif isinstance(event, Failover):
            self._text = ""
            self._doing = f"{event.failed} failed, asking {event.following}"
        elif isinstance(event, Waiting):
            self._doing = f"waiting {event.seconds:.0f} s for {event.provider}"
        elif isinstance(event, ToolCall):
            self._console.print(call_line(event), style="dim", markup=False)
        else:
            return event
        return None

    def _look(self) -> RenderableType:
        """Return what is on the screen now: the newest lines, and what is being done."""
        self._spinner.update(text=Text(self._doing, style="dim"))
        room = max(1, self._console.height - _LINES_BELOW)
        lines = Text(self._text).wrap(self._console, self._console.width)[-room:]
        return Group(*lines, self._spinner)
