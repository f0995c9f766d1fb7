"""Read an event stream by the rules of the WHATWG HTML standard (section 9.2, server-sent events).

The clients' own readers know a part of them: some split at U+2028 inside a string, some want a
space after `data:`, some stop at a comment.
"""

import codecs
import json
import re
from typing import NamedTuple

LARGEST_EVENT = 4_000_000
"""Characters of one event at most; an answer of 65,536 tokens is a tenth of that."""

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n|\r")


class UnreadableStreamError(ValueError):
    """A stream that isn't what a provider sends: too large, or not JSON."""


class ServerEvent(NamedTuple):
    """One event: its data, lines joined by newlines, and its type where it names one."""

    data: str
    type: str = ""


class EventStreamParser:
    """Takes bytes as they come, cut anywhere, and gives whole events.

    It keeps no more than one event, and looks at each character once.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = False
        self._after_cr = False
        self._line: list[str] = []
        self._data: list[str] = []
        self._bare: list[str] = []
        self._type = ""
        self._kept = 0
        self._events: list[ServerEvent] = []

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """Return the events that a piece completes.

        Raises:
            UnreadableStreamError: An event is larger than any answer.
        """
        self._read(self._decoder.decode(piece))
        events, self._events = self._events, []
        return events

    def end(self) -> list[ServerEvent]:
        """Return what the stream held at its end.

        The standard drops an event without a blank line behind it; here it counts, since servers
        are seen to close right after the last one.
        """
        self._read(self._decoder.decode(b"", final=True))
        if any(self._line):
            self._read("\n")
        self._dispatch()
        return self._events

    def _read(self, text: str) -> None:
        if not text:
            return
        if not self._begun:
            self._begun = True
            text = text.removeprefix(_BOM)
        if self._after_cr:
            text = text.removeprefix("\n")  # the other half of a line's end
        self._after_cr = text.endswith("\r")
        *lines, rest = _LINE_END.split(text) if "\r" in text else text.split("\n")
        for line in lines:
            if self._line:
                self._line.append(line)
                line = "".join(self._line)  # noqa: PLW2901 - its beginning came before
                self._line = []
            if line:
                self._field(line)
            else:
                self._dispatch()
        if rest:
            self._line.append(rest)
        self._keep(len(rest))

    def _keep(self, size: int) -> None:
        """Count characters that are kept; those of a line count twice until its event ends."""
        self._kept += size
        if self._kept > LARGEST_EVENT:
            raise UnreadableStreamError("an event of the stream is too large")

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "data":
            self._dispatch_bare()
            self._data.append(value[1:] if value.startswith(" ") else value)
            self._keep(len(value))
        elif name == "event":
            self._dispatch_bare()
            self._type = value.removeprefix(" ")
        elif name not in ("", "id", "retry"):
            self._bare.append(line)
            self._keep(len(line))

    def _dispatch(self) -> None:
        """Give the event that a blank line ends, if it has data, and a bare object beside it."""
        if self._data:
            self._events.append(ServerEvent("\n".join(self._data), self._type))
        self._dispatch_bare()
        self._data, self._type, self._kept = [], "", 0

    def _dispatch_bare(self) -> None:
        """Give JSON that stands in the stream as it is, one value or one a line.

        Gemini writes an error in a stream so, without `data:`. What is broken is told too,
        as it is: it may have been a piece of the answer. Other lines mean nothing.
        """
        if not self._bare:
            return
        text = "\n".join(self._bare)
        if "{" in text:
            each = [_json(line) for line in self._bare if line.strip()]
            whole = _json(text)
            found = [whole] if whole or not all(each) else each
            self._events += [ServerEvent(one or text) for one in found]
        self._bare = []


def _json(text: str) -> str:
    """Return a JSON object or array on one line; nothing where a text is none."""
    if not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        return json.dumps(json.loads(text))
    except (ValueError, RecursionError):
        return ""
