"""Pass on frames quickly that differ from the one before in nothing but their text.

Most frames of an answer do. For them all that is looked for in a frame has been found absent, and
the client's frame is known but for the text.
"""

import json
from collections.abc import Callable
from typing import Any

from .event_stream import ServerEvent
from .frames import Frames

dumped = json.JSONEncoder(separators=(",", ":")).encode
"""Return JSON in ASCII, without spaces."""

_MARK = "\0text\0"
_MOST_MISSES = 8


class FrameTemplates:
    """Knows the last frame that held a piece of text and nothing else.

    Args:
        frames: Reads the frames of the provider's API.
    """

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._shape: dict[str, Any] | None = None
        self._kinds = ("", "")
        self._before = self._after = self._before_usage = ""
        self._misses = 0

    def filled(self, frame: object, kind: str, shown: Callable[[str], str]) -> ServerEvent | None:
        """Return the client's event for a frame like the last one; None where it isn't like it.

        Args:
            frame: What came; as it was, where None is returned.
            kind: The type of its event.
            shown: Makes of its text what the client gets of it.
        """
        if self._shape is None or kind != self._kinds[0] or not isinstance(frame, dict):
            return None
        slot = self._frames.usual_text(frame)
        if slot is None:
            return None
        text, usage = slot.text, frame.pop(self._frames.usage, None)
        slot.put("")
        if frame != self._shape:
            slot.put(text)
            if usage is not None:
                frame[self._frames.usage] = usage
            return None
        self._misses = 0
        after = self._after
        if usage is not None and (counts := self._frames.counts(usage)):
            after = f"{self._before_usage}{dumped(counts)}}}"
        return ServerEvent(f"{self._before}{dumped(shown(text))}{after}", self._kinds[1])

    def learn(self, frame: dict[str, Any], kind: str, passed: dict[str, Any], own: str) -> None:
        """Take a frame that held text alone as what the next ones may look like.

        Args:
            frame: What came; it is changed.
            kind: The type of its event.
            passed: What the client got for it; it is changed.
            own: The type of the client's event.
        """
        self._misses += 1
        came, went = self._frames.usual_text(frame), self._frames.usual_text(passed)
        if came is None or went is None or self._misses > _MOST_MISSES:
            return
        passed.pop(self._frames.usage, None)
        went.put(_MARK)
        self._before, _, self._after = dumped(passed).partition(dumped(_MARK))
        self._before_usage = f"{self._after[:-1]},{dumped(self._frames.usage)}:"
        frame.pop(self._frames.usage, None)
        came.put("")
        self._shape, self._kinds = frame, (kind, own)

    def forget(self) -> None:
        """Know none any more: from here on each frame is looked at."""
        self._shape, self._misses = None, _MOST_MISSES
