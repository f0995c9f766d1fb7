"""Show a turn without colours and without drawing anything twice."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from ...events import Failover, ToolCall, Waiting
from ...intake import shown
from ...reply import Reply
from ..output import call_line, failover_notice

if TYPE_CHECKING:
    from ...events import Event


class PlainDisplay:
    """What happens in a turn, a line each, and the answer when it is whole.

    Args:
        say: Writes a text and ends the line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    async def follow(self, events: "AsyncIterator[Event]") -> Reply:
        """Show the events of a turn, and return its reply."""
        reply = None
        async for event in events:
            if isinstance(event, ToolCall):
                self._say(call_line(event))
            elif isinstance(event, Failover):
                self._say(f"({event.failed} failed, asking {event.following}.)")
            elif isinstance(event, Waiting):
                self._say(f"(Waiting {event.seconds:.0f} s for {event.provider}.)")
            elif isinstance(event, Reply):
                reply = event
        assert reply is not None
        if notice := failover_notice(reply):
            self._say(notice)
        self._say(shown(reply.reply))
        return reply
