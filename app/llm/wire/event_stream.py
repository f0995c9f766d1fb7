"""Read an event stream by the rules of the WHATWG HTML standard (section 9.2, server-sent events).

The clients' own readers know a part of them: some split at U+2028 inside a string, some want a
space after `data:`, some stop at a comment.
"""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its data, lines joined by newlines, and its type where it names one."""

    data: str
    type: str = ""


class EventStreamParser:
    """Takes bytes as they come, cut anywhere, and gives whole events."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._begun = False
        self._data: list[str] = []
        self._bare: list[str] = []
        self._type = ""

    def feed(self, piece: bytes) -> Iterator[ServerEvent]:
        """Yield the events that a piece completes."""
        yield from self._read(self._decoder.decode(piece), ended=False)

    def end(self) -> Iterator[ServerEvent]:
        """Yield what the stream held at its end.

        The standard drops an event without a blank line behind it; here it counts, since servers
        are seen to close right after the last one.
        """
        yield from self._read(self._decoder.decode(b"", final=True), ended=True)
        if event := self._dispatched():
            yield event

    def _read(self, text: str, *, ended: bool) -> Iterator[ServerEvent]:
        self._text += text
        if not self._begun and self._text:
            self._begun = True
            self._text = self._text.removeprefix(_BOM)
        lines, self._text = _lines(self._text, ended=ended)
        for line in lines:
            if line:
                self._field(line)
            elif event := self._dispatched():
                yield event

    def _field(self, line: str) -> None:
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ") if colon else ""
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._type = value
        elif name not in ("", "id", "retry"):
            self._bare.append(line)

    def _dispatched(self) -> ServerEvent | None:
        """Return the event that a blank line ends; None where it has no data.

        Gemini writes an error in a stream as a bare JSON object, without `data:`.
        """
        data = self._data or ([bare] if (bare := _json("\n".join(self._bare))) else [])
        event = ServerEvent("\n".join(data), self._type) if data else None
        self._data, self._bare, self._type = [], [], ""
        return event


def _json(text: str) -> str:
    """Return a JSON object or array on one line; nothing where a text is none."""
    if not text.lstrip().startswith(("{", "[")):
        return ""
    try:
        return json.dumps(json.loads(text))
    except (ValueError, RecursionError):
        return ""


def _lines(text: str, *, ended: bool) -> tuple[list[str], str]:
    """Split at CR LF, LF or CR alone; return the lines, and the rest that is no line yet."""
    lines: list[str] = []
    start = position = 0
    while (position := _line_end(text, start)) >= 0:
        if text[position] == "\r" and position + 1 == len(text) and not ended:
            break  # its LF may still come
        lines.append(text[start:position])
        start = position + (2 if text.startswith("\r\n", position) else 1)
    rest = text[start:]
    return ([*lines, rest], "") if ended and rest else (lines, rest)


def _line_end(text: str, start: int) -> int:
    ends = [end for mark in "\r\n" if (end := text.find(mark, start)) >= 0]
    return min(ends, default=-1)
