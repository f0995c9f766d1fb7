"""Say in one line what a turn is doing, and for how long."""

from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from ...clock import Clock
from ...events import Asking, Failover, Token, ToolCall, Waiting
from ...intake import shown
from ...reply import Reply

if TYPE_CHECKING:
    from ...events import Event

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAMES_ASCII = "|/-\\"
_A_SECOND = 10


class Progress:
    """A spinner, what is being done, and the seconds since it began.

    Args:
        clock: Where the time comes from.
        doing: What is being done first.
    """

    def __init__(self, clock: Clock, doing: str) -> None:
        self._clock = clock
        self._model = ""
        self._set(doing)

    def take(self, event: "Event") -> Reply | None:
        """Note an event; return it where it is the reply."""
        if isinstance(event, Asking):
            self._model = shown(event.model)
            self._set(f"asking {self._model}")
        elif isinstance(event, Failover):
            self._set(f"{event.failed} failed, asking {event.following}")
        elif isinstance(event, Waiting):
            self._set(f"waiting {event.seconds:.0f} s for {event.provider}")
        elif isinstance(event, ToolCall):
            self._set(f"running {shown(event.name)}")
        elif isinstance(event, Token):
            self._doing = f"{self._model} answers"
        else:
            return event
        return None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield one line, however narrow the screen is."""
        passed = self._clock.monotonic() - self._began
        frames = _FRAMES if console.encoding.startswith("utf") else _FRAMES_ASCII
        sign = frames[int(passed * _A_SECOND) % len(frames)]
        seconds = f" {passed:.0f} s" if passed >= 1 else ""
        room = options.max_width - len(sign) - 1 - len(seconds)
        doing = Text(self._doing)
        doing.truncate(room, overflow="ellipsis")
        yield Text(f"{sign} {doing.plain}{seconds}", "dim", no_wrap=True)

    def _set(self, doing: str) -> None:
        self._doing = doing
        self._began = self._clock.monotonic()
