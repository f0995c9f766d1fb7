"""Keep what a provider sent in one call, in its own words, for the verdict on it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .frames import CallPiece


@dataclass(slots=True)
class SentCall:
    """A tool call as it came: its name, and the text of its arguments, joined.

    `arguments` is None where they came as an object and not as text.
    """

    name: str = ""
    arguments: str | None = ""

    @property
    def whole(self) -> bool:
        """Say whether the arguments stood whole on the wire; none at all are an empty object."""
        text = (self.arguments or "").strip()
        if text in ("", "null"):
            return True
        try:
            return isinstance(json.loads(text), dict)
        except (ValueError, RecursionError):
            return False


@dataclass(slots=True)
class WireRecord:
    """What came over the wire: calls, finish reasons, errors; `text` is that of the answer.

    `seen` says that frames came at all. `call_as_text` is an answer's text that was held back,
    since it is a tool call and nothing else. `unreadable` counts events that are no JSON.
    """

    seen: bool = False
    calls: dict[object, SentCall] = field(default_factory=dict)
    finish_reasons: list[str] = field(default_factory=list)
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    call_as_text: str = ""
    unreadable: int = 0

    def add_call(self, piece: CallPiece) -> None:
        """Join a piece to its call."""
        call = self.calls.setdefault(piece.index, SentCall())
        call.name = call.name or piece.name
        if piece.arguments is None:
            call.arguments = None
        elif call.arguments is not None:
            call.arguments += piece.arguments


_record: ContextVar[WireRecord | None] = ContextVar("task_relay_wire_record", default=None)


@contextmanager
def recording() -> Iterator[WireRecord]:
    """Record what comes over the wire for the calls made inside."""
    record = WireRecord()
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)


def current_record() -> WireRecord:
    """Return the record of the running call; one that nobody reads outside of any."""
    return _record.get() or WireRecord()
