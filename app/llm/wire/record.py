"""Keep what a provider sent in one call, in its own words, for the verdict on it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .frame_values import object_in, without_halves
from .frames import CallPiece


@dataclass(slots=True)
class SentCall:
    """A tool call as it came: its name, its id, and the text of its arguments, joined."""

    name: str = ""
    arguments: str = ""
    id: str = ""

    @property
    def whole(self) -> bool:
        """Say whether the arguments stood whole on the wire; none at all are an empty object."""
        return self.arguments.strip() in ("", "null") or object_in(self.arguments) is not None

    @property
    def plain_arguments(self) -> str:
        """Return the arguments as text that is an object, where they are whole."""
        text = self.arguments.strip()
        if text in ("", "null"):
            return "{}"
        return without_halves(json.dumps(object_in(text)) if text.startswith('"') else text)

    def join(self, piece: CallPiece) -> None:
        """Add a piece; some servers repeat the name with each, some begin with `null`."""
        self.id = self.id or piece.id
        if piece.name != self.name:
            self.name += piece.name
        if self.arguments or piece.arguments != "null":
            self.arguments += piece.arguments

    def ended_before(self, piece: CallPiece) -> bool:
        """Say whether a piece under the same index begins another call.

        Some servers number all calls alike, some give each piece an id of its own.
        """
        if not piece.name or (piece.id and piece.id == self.id) or not self.whole:
            return False
        if self.arguments.strip():
            return bool(piece.id) or piece.index is None or piece.name != self.name
        return bool(piece.id and self.id) and (not piece.arguments or piece.name != self.name)


@dataclass(slots=True)
class WireRecord:
    """What came over the wire: calls in order, finish reasons, errors.

    `status` and `headers` are those of the answer, the headers by their names in small letters.
    `seen` says that frames came at all. `call_as_text` is an answer's text that was held back,
    since it is a tool call and nothing else. `rejected_call` is a call that the provider itself
    found malformed, in the model's words. `prompt_block` says why the prompt was blocked.
    `unreadable` says that an event could not be read which may have been a piece of the answer.
    `said` is the text that the client was given. `calls_in_text` says whether an answer's text may
    be a tool call at all: it can't where there are no tools, or where JSON is wanted.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seen: bool = False
    calls: dict[int, SentCall] = field(default_factory=dict)
    finish_reasons: list[str] = field(default_factory=list)
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    call_as_text: str = ""
    rejected_call: str = ""
    prompt_block: str = ""
    unreadable: bool = False
    said: str = ""
    calls_in_text: bool = True
    _open: dict[int | None, SentCall] = field(default_factory=dict)

    def add_call(self, piece: CallPiece) -> None:
        """Join a piece to its call; a piece without an index continues the last one."""
        call = self._open.get(piece.index)
        if call is None or piece.alone or call.ended_before(piece):
            call = SentCall()
            self.calls[len(self.calls)] = call
        self._open[piece.index] = self._open[None] = call
        call.join(piece)


_record: ContextVar[WireRecord | None] = ContextVar("task_relay_wire_record", default=None)


@contextmanager
def recording(*, calls_in_text: bool = True) -> Iterator[WireRecord]:
    """Record what comes over the wire for the calls made inside.

    Args:
        calls_in_text: Whether an answer's text may be a tool call.
    """
    record = WireRecord(calls_in_text=calls_in_text)
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)


def current_record() -> WireRecord:
    """Return the record of the running call; one that nobody reads outside of any."""
    return _record.get() or WireRecord()
