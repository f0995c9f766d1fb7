"""Read an event stream by the rules of the WHATWG HTML standard (section 9.2, server-sent events).

The clients' own readers know a part of them: some split at U+2028 inside a string, some want a
space after `data:`, some stop at a comment.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_EVENT = 4_000_000
"""Characters of one event at most; an answer of 65,536 tokens is a tenth of that."""

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n|\r")


class UnreadableStreamError(ValueError):
    """A stream that isn't what a provider sends: too large, or not JSON."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
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

    def feed(self, piece: bytes) -> Iterator[ServerEvent]:
        """Yield the events that a piece completes.

        Raises:
            UnreadableStreamError: An event is larger than any answer.
        """
        yield from self._read(self._decoder.decode(piece))

    def end(self) -> Iterator[ServerEvent]:
        """Yield what the stream held at its end.

        The standard drops an event without a blank line behind it; here it counts, since servers
        are seen to close right after the last one.
        """
        yield from self._read(self._decoder.decode(b"", final=True))
        if any(self._line):
            yield from self._read("\n")
        yield from self._dispatched()

    def _read(self, text: str) -> Iterator[ServerEvent]:
        if not text:
            return
        if not self._begun:
            self._begun = True
            text = text.removeprefix(_BOM)
        if self._after_cr:
            text = text.removeprefix("\n")  # the other half of a line's end
        self._after_cr = text.endswith("\r")
        rest, *others = _LINE_END.split(text)
        self._keep(rest)
        for other in others:
            line = "".join(self._line)
            self._line, self._kept = [], self._kept - len(line)
            yield from self._field(line) if line else self._dispatched()
            self._keep(other)

    def _keep(self, text: str) -> None:
        self._line.append(text)
        self._kept += len(text)
        if self._kept > LARGEST_EVENT:
            raise UnreadableStreamError("an event of the stream is too large")

    def _field(self, line: str) -> Iterator[ServerEvent]:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ") if colon else ""
        if name == "data":
            yield from self._bare_object()
            self._data.append(value)
            self._kept += len(value)
        elif name == "event":
            yield from self._bare_object()
            self._type = value
        elif name not in ("", "id", "retry"):
            self._bare.append(line)
            self._kept += len(line)

    def _dispatched(self) -> Iterator[ServerEvent]:
        """Yield the event that a blank line ends, if it has data, and a bare object beside it."""
        if self._data:
            yield ServerEvent("\n".join(self._data), self._type)
        yield from self._bare_object()
        self._data, self._type, self._kept = [], "", 0

    def _bare_object(self) -> Iterator[ServerEvent]:
        """Yield a JSON object that stands in the stream as it is.

        Gemini writes an error in a stream so, without `data:`. One that is broken is told too,
        as it is: it may have been a piece of the answer. Other lines mean nothing.
        """
        if self._bare and "{" in (text := "\n".join(self._bare)):
            yield ServerEvent(_json(text) or text)
        self._kept -= sum(map(len, self._bare))
        self._bare = []


def _json(text: str) -> str:
    """Return a JSON object or array on one line; nothing where a text is none."""
    if not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        return json.dumps(json.loads(text))
    except (ValueError, RecursionError):
        return ""
